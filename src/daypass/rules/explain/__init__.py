"""What a person can request at all, and what every rule makes of one request."""
