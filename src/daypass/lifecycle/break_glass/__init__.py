"""Break glass: what follows when somebody takes access at once, and how it is done when nothing else answers."""
