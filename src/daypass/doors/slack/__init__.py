"""The Slack door: how people ask, decide and are told, in the conversations they are in already."""
