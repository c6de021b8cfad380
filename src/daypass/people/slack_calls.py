"""
Calls to Slack's Web API whose failures are ours.

Slack says how long to stay away (Retry-After, docs.slack.dev/apis/web-api/rate-limits). That is obeyed for each
method: a short time is waited out, a longer one is told as Throttled and no call is made before it is over. Chores
wait for nothing, and leave most of what Slack allows to people (slack_budget).
"""

import threading
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from daypass.model.errors import DaypassError, Misconfigured, NotFound, Throttled, Unavailable
from daypass.people.slack_budget import Budget
from daypass.ports.asker import by_a_chore

_PATIENCE_S = 5.0
"""Waited out in place of a refusal; Slack's own 3 seconds are met before a door calls a verb."""

_TIMEOUT_S = 10
_DEFAULT_RETRY_S = 30.0
_LONGEST_RETRY_S = 300.0
"""A longer pause is not believed: it would keep everybody from asking and deciding."""
_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found", "no_such_subteam", "subteam_not_found"})
_REJECTED = frozenset({"invalid_arguments", "invalid_arg_name", "invalid_arg_value", "invalid_user", "invalid_user_id"})
_SOMEBODYS_WORD = frozenset({"users.info", "users.lookupByEmail"})
"""Methods that are asked with what somebody typed; when Slack rejects that, asking again changes nothing."""
_TOKEN = {
    "invalid_auth": "Slack does not know the bot token",
    "not_authed": "Slack got no bot token",
    "token_revoked": "The Slack bot token was revoked",
    "token_expired": "The Slack bot token has expired",
    "account_inactive": "The Slack app was uninstalled, or its bot was deactivated",
    "not_allowed_token_type": "The Slack bot token is of the wrong kind; it begins with xoxb-",
}

_NOT_OFFERED = frozenset({"unknown_method", "plan_upgrade_required", "team_not_eligible", "method_not_supported"})
"""A plan without user groups, or a Slack of one's own that lacks the method."""


class SlackCalls:
    """One app's way to the Web API. Safe to share between threads."""

    def __init__(self, client: WebClient, *, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        """Take the client; `clock` gives seconds that only grow, `sleep` waits for some."""
        self._client = client
        self._clock = clock
        self._sleep = sleep
        self._guard = threading.Lock()
        self._not_before: dict[str, float] = {}
        self._budget = Budget(clock=clock)

    def call(self, method: str, **arguments: str | bool) -> Mapping[str, Any]:
        """
        Call a method and give its answer.

        Raises NotFound for nobody, Throttled, Unavailable when Slack does not answer, Misconfigured for a token or a
        scope that will not do.
        """
        self._wait(method)
        try:
            return self._once(method, arguments)
        except Throttled:
            self._wait(method)
            return self._once(method, arguments)

    def _once(self, method: str, arguments: Mapping[str, str | bool]) -> Mapping[str, Any]:
        self._budget.spend(method)
        try:
            answer = self._client.api_call(method, params=dict(arguments))
        except SlackApiError as error:
            raise self._refused(method, error) from error
        except (OSError, HTTPException, SlackClientError) as error:
            raise Unavailable("Slack does not answer; it will be tried again.") from error
        data = answer.data
        if not isinstance(data, dict):
            raise Unavailable(f"Slack's answer to {method} is no answer; it will be tried again.")
        return data

    def _wait(self, method: str) -> None:
        with self._guard:
            left = self._not_before.get(method, 0.0) - self._clock()
        if left > _PATIENCE_S or (left > 0 and by_a_chore()):
            raise Throttled(f"Slack asks us to wait {left:.0f} seconds before we look people up again.")
        if left > 0:
            self._sleep(left)

    def _refused(self, method: str, error: SlackApiError) -> DaypassError:
        response = error.response
        data = getattr(response, "data", None)
        said = data if isinstance(data, dict) else {}
        status, code = getattr(response, "status_code", 200), str(said.get("error") or "")
        if status == 429 or code in ("ratelimited", "rate_limited"):  # noqa: PLR2004 - Too Many Requests
            return self._throttled(method, getattr(response, "headers", {}))
        if code in _NOBODY or (method in _SOMEBODYS_WORD and code in _REJECTED):
            return NotFound("Slack knows no such person or group.")
        if code in _TOKEN:
            return Misconfigured(f"{_TOKEN[code]}; install the app anew and give Daypass its bot token.")
        if code == "missing_scope":
            needed = said.get("needed") or "a scope"
            return Misconfigured(f"The Slack app lacks {needed} for {method}; add it to the app and install it anew.")
        if code in _NOT_OFFERED:
            return Misconfigured(
                f"This Slack does not offer {method} ({code}): rules that name a Slack user group cannot be used here. "
                "Name people in them, or groups of the people file."
            )
        return Unavailable(f"Slack cannot answer {method} now ({code[:60] or status}); it will be tried again.")

    def _throttled(self, method: str, headers: Mapping[str, Any]) -> Throttled:
        seconds = _seconds(headers)
        with self._guard:
            self._not_before[method] = self._clock() + seconds
        return Throttled(f"Slack asks us to wait {seconds:.0f} seconds before we look people up again.")


def web_client(token: str, *, base_url: str = "https://slack.com/api/") -> WebClient:
    """
    Make the client that SlackCalls takes. `base_url` is for GovSlack or a Slack of one's own.

    Raises Misconfigured when the address does not end in /api/, as every call would miss then.
    """
    if not base_url.startswith(("https://", "http://")) or not base_url.endswith("/api/"):
        raise Misconfigured(
            f"The address of Slack's API, {base_url}, does not end in /api/, such as https://slack.com/api/."
        )
    return WebClient(token=token, base_url=base_url, timeout=_TIMEOUT_S)


def _seconds(headers: Mapping[str, Any]) -> float:
    """Read Retry-After, whose value slack_sdk gives as text or as a list of one."""
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    text = str(given[0] if isinstance(given, list) and given else given)
    return min(float(text), _LONGEST_RETRY_S) if text.isascii() and text.isdigit() else _DEFAULT_RETRY_S
