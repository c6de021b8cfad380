"""The browser client: `routes` serves it, `showing` decides what is on the screen, `mrkdwn` sets its text."""
