"""The hands: how each delivery enters AWS, is looked for there, and leaves it again."""
