"""Rules and refusals in words."""
