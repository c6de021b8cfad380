"""The clock: what is due, what AWS shows, the one next step, and doing it until it is done."""
