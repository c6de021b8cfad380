"""The nouns of Daypass: frozen values that refuse nonsense when they are made."""
