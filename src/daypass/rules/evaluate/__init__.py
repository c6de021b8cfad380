"""What stands between an ask and a rule, and what must be known before that can be said."""
