"""
The service as an agent may speak to it: these few addresses, and no way to name another.

Nothing here approves, denies or revokes. A person's login is exchanged for a narrower one before the first call, so
that the token itself could not either.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

import httpx2

from daypass.doors.language import parse_id
from daypass.model.errors import DaypassError, NotYours, Unavailable
from daypass.model.secret import digest

_PATIENCE_S = 60.0
_EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
}
_ROBOTS = ("dpb_", "dpw_")
"""How the tokens of robots begin. They decide on nothing as they are."""

Json = dict[str, Any]


class ApiClient:
    """One service, in the name of a robot or, with less than they may, of a person."""

    def __init__(self, url: str, token: str, *, scopes: Collection[str]) -> None:
        """Speak to a service. Raises DaypassError with its own sentence when the token is not good."""
        self._http = httpx2.Client(base_url=f"{url}/v1", timeout=_PATIENCE_S, follow_redirects=False)
        self.for_robot = token.startswith(_ROBOTS)
        spoken = token if self.for_robot else self._narrowed(token, scopes)
        self._http.headers["Authorization"] = f"Bearer {spoken}"

    def offers(self) -> Json:
        """Say what there is to ask for."""
        return self._call("GET", "/offers")

    def preview(self, wanted: Mapping[str, str]) -> Json:
        """Say what asking would do."""
        return self._call("POST", "/requests?dry_run=true", body=wanted)

    def ask(self, wanted: Mapping[str, str], *, key: str, again: bool = False) -> Json:
        """File a request; whatever the key is made of, a header can hold its digest."""
        told = {"Idempotency-Key": f"mcp {digest(json.dumps(key))}"} if key else {}
        return self._call("POST", "/requests", body={**wanted, "again": again}, headers=told)

    def mine(self, *, ended: bool) -> Json:
        """List requests and grants."""
        return self._call("GET", f"/mine?all={'true' if ended else 'false'}")

    def show(self, request_id: str) -> Json:
        """Show a request and what became of it."""
        return self._call("GET", f"/requests/{parse_id(request_id)}")

    def cancel(self, request_id: str) -> Json:
        """Take a request back."""
        return self._call("POST", f"/requests/{parse_id(request_id)}/cancel", body={})

    def done(self, request_id: str) -> Json:
        """End a grant."""
        return self._call("POST", f"/grants/{parse_id(request_id)}/done", body={})

    def credentials(self, request_id: str) -> Json:
        """Open a session of a grant."""
        return self._call("POST", f"/grants/{parse_id(request_id)}/credentials", body={})

    def close(self) -> None:
        """End what was narrowed; a robot's token stays."""
        if not self.for_robot:
            self._call("POST", "/logout", body={})
        self._http.close()

    def _narrowed(self, token: str, scopes: Collection[str]) -> str:
        form = {**_EXCHANGE, "subject_token": token, "scope": " ".join(scopes)}
        narrowed = str(self._read(self._send("POST", "/token", data=form))["access_token"])
        if narrowed == token:
            raise NotYours("The service did not narrow this login, so no agent is given it.")
        return narrowed

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, str | bool] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        return self._read(self._send(method, path, json=body, headers=headers))

    def _send(self, method: str, path: str, **said: Any) -> httpx2.Response:
        try:
            return self._http.request(method, path, **said)
        except httpx2.HTTPError as error:
            raise Unavailable(f"Daypass cannot be reached: {type(error).__name__}.") from None

    @staticmethod
    def _read(answer: httpx2.Response) -> Json:
        try:
            found = answer.json() if answer.content else {}
        except ValueError:
            found = None
        if answer.is_success and isinstance(found, dict):
            return found
        if not isinstance(found, dict) or not {"type", "detail", "code"} <= found.keys():
            raise Unavailable(f"What answers at this address ({answer.status_code}) is not Daypass.")
        raise DaypassError(str(found["detail"]))
