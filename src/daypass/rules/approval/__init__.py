"""Who decides: stages, who is eligible, how many are needed, who will be asked."""
