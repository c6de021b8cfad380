"""People who left: noticed, asked after, and what they had ends."""
