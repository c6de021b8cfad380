"""Texts and times that a rule names: patterns over resources, hours of the day, words of a reason."""
