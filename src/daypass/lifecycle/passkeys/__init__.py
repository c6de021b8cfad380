"""Passkeys: how the one who approves proves that it is they, and not somebody at their Slack."""
