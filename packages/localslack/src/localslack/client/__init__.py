"""The browser client: `routes` serves it, `screen` decides what is on the screen, `mrkdwn` sets its text."""
