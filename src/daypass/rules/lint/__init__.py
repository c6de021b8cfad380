"""What is allowed to be written and is hardly meant."""
