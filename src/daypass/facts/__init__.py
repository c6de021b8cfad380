"""What rules look at besides who is who: on-call schedules, tickets, tags. Never guesses."""
