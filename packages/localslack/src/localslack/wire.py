"""What travels between Slack and an app: JSON objects, and Slack's way of saying no."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


class RefusedError(Exception):
    """
    A call that Slack answers with `ok: false`.

    `error` is Slack's code (`channel_not_found`), `more` goes into the answer beside it, and
    `status` is 200 for everything but rate limits and outages, as at Slack.
    """

    def __init__(
        self,
        error: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.headers = dict(headers or {})
        self.more = more

    def answer(self) -> Json:
        """Give the body that Slack sends."""
        return {"ok": False, "error": self.error, **self.more}


def faulty_arguments(*messages: str, error: str = "invalid_arguments") -> RefusedError:
    """Refuse with the sentences Slack puts under `response_metadata.messages`."""
    return RefusedError(error, response_metadata={"messages": [f"[ERROR] {message}" for message in messages]})
