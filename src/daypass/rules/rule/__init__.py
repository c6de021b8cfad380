"""A rule and the rulebook as they are looked at, and a question as they look at it."""
