"""Why something cannot be done in Slack, to people; and what is wrong with Slack, to whoever runs Daypass."""

STRANGER = "Daypass serves the people of its own Slack workspace only, and you come from another one."
WHOLE_ORGANISATION = (
    "The Slack app is installed for a whole organisation, and Daypass serves one workspace: install the app in that "
    "workspace and give Daypass its bot token."
)
NO_ANSWER = "Slack does not say which workspace this is; try again in a moment."
TOO_SLOW = "Slack's three seconds were over"
MALFORMED = "This is not a payload that Slack sends, so nothing was done."
UNKNOWN = "Daypass knows no such command, button or form, so nothing was done."
WHY_REVOKED = "Say why: the person reads it."
DELIVERY_OFF = "this delivery is switched off"
NO_WAY_IN = "Give Slack's signing secret (for HTTP), or an app-level token (for Socket Mode)."
NOT_BELIEVED = (
    "A request's signature is not Slack's, or is older than five minutes. When people say that Slack gets no answer, "
    "check DAYPASS_SLACK_SIGNING_SECRET and this machine's clock."
)


def token_refused(reason: str) -> str:
    """Said when Slack does not let Daypass in."""
    return (
        f"Slack does not accept Daypass's bot token any more ({reason}); install the app anew and give Daypass "
        "its bot token."
    )


def bad_address(address: str) -> str:
    """Said of a Slack address that cannot be one."""
    return f"The Slack address “{address}” must end in /api/, such as https://slack.com/api/."


NO_EXPIRY = "No expiry was chosen, so nothing was approved. Choose one and click Approve again."


def field_lost(block_id: str) -> str:
    """Said when Slack did not send a field of a form."""
    return f"Slack did not send the field {block_id!r}, so nothing was done. Choose again."


def malformed(where: str) -> str:
    """Said of a signed payload in which a field is missing, or is of another kind than Slack documents."""
    return f"Slack sends no payload in which {where!r} is so, and nothing was done: it is missing, or of another kind."
