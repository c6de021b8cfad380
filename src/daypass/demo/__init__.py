"""An embedded AWS and a local Slack, for the demo and the tests. Nothing else imports this room."""
