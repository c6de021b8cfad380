"""The judges: the text of the rules in, a decision with its reasons out. Pure."""
