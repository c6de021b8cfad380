"""
Tickets in Jira, Cloud or Data Center (REST API 2, GET /rest/api/2/issue/KEY).

    status category of the issue     the ticket is
    "To Do", "In Progress", none     open
    "Done" (key `done`)              closed, whatever the workflow calls the status

Cloud takes an e-mail address with an API token (basic); Data Center a personal access token alone (bearer). Jira says
404 both for an issue that there is not and for one that the token may not see: either way there is no ticket to us.

An issue that was moved to another project is answered under its old key too. The ticket is the one that was answered.
"""

import base64
import re
from typing import Any

import httpx2

from daypass.model.decision import Ticket, TicketId
from daypass.model.errors import Misconfigured, NotFound
from daypass.sources.fetch import checked, get
from daypass.sources.json_api import check_token, strange, told
from daypass.sources.lookups import PATIENCE_S

_KEY = re.compile(r"[A-Z][A-Z0-9_]{0,30}-[1-9][0-9]{0,9}")
_USER = re.compile(r"[^\s:\x00-\x1f]{1,254}")
_WHAT = "tracker of tickets"


class Jira:
    """One Jira; the token needs to read only."""

    def __init__(self, address: str, token: str, *, user: str = "", patience_s: float = PATIENCE_S) -> None:
        """Take Jira's address and a token, which is Cloud's if there is a `user` (an e-mail). Raises Misconfigured."""
        check_token(token, of="Jira")
        if user and not _USER.fullmatch(user):
            raise Misconfigured("The Jira user is not the e-mail address of an Atlassian account.")
        self._base = checked(address.rstrip("/"), what=_WHAT)
        if self._base.userinfo or self._base.query or self._base.fragment:
            raise Misconfigured("The address of Jira is a host and a path alone; the token has a setting of its own.")
        self._authorization = _authorization(user, token)
        self._patience_s = patience_s

    def __repr__(self) -> str:
        """Name the host, never the token."""
        return f"Jira({self._base.host!r})"

    def ticket(self, ticket_id: TicketId) -> Ticket:
        """Read a ticket as it stands now. Raises NotFound, Unavailable, Misconfigured."""
        if not _KEY.fullmatch(ticket_id):
            raise NotFound(f"“{ticket_id[:60]}” is not the key of a Jira issue, such as INC-42.")
        issue = self._issue(ticket_id)
        try:
            status = issue["fields"]["status"]
            is_open = str(status["statusCategory"]["key"]) != "done"
            key = TicketId(_key(issue["key"]))
            return Ticket(id=key, open=is_open, status=str(status["name"]), url=self._page(key))
        except (KeyError, TypeError, ValueError) as error:
            raise strange("Jira", error) from None

    def _issue(self, key: str) -> Any:
        url = httpx2.URL(f"{self._base}/rest/api/2/issue/{key}").copy_merge_params(
            {"fields": "status,summary,resolution"}
        )
        headers = {"Authorization": self._authorization, "Accept": "application/json"}
        answer = get(url, headers=headers, patience_s=self._patience_s, what=_WHAT)
        try:
            return told(answer, by="Jira", about=f"the issue {key}", may_lack=True)
        except ValueError as error:
            raise strange("Jira", error) from None

    def _page(self, key: str) -> str:
        return f"{self._base}/browse/{key}"


def _key(answered: Any) -> str:
    if not (isinstance(answered, str) and _KEY.fullmatch(answered)):
        raise ValueError("an issue without a key")
    return answered


def _authorization(user: str, token: str) -> str:
    if not user:
        return f"Bearer {token}"
    return f"Basic {base64.b64encode(f'{user}:{token}'.encode()).decode()}"
