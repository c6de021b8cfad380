"""Who is who: people in Slack, and the AWS identity of each. Never guesses."""
