"""How answers from outside are fetched: bounded in size and time, cached, and with a warning when one is missing."""
