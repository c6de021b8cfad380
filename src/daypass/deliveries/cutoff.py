"""
Ending sessions before their time: a deny on the role that they are of, by the session's name.

    daypass-deny-<installation>-<id>     denies everything to the sessions of one grant, until they would be over anyway
    daypass-deny-<installation>-list-*   the same for several grants: what many single ones are gathered into
    daypass-deny-<installation>-older    when the role has no room for one more: denies every session opened before now

A list is written once, under a name of its own, before the single ones that are in it are deleted: two workers who
gather at the same moment never take a session off a list. So more than 150 denies fit on one role.

The last is AWS's own pattern ("revoke older sessions"). It interrupts other grants too, which go on with a new
session; and it covers all denies written before, so they make room. Each carries the date after which it means
nothing: what is forgotten harms nobody.

That is for the broker role. On a role that others assume too (of a kind that is assumed) nobody else is interrupted:
without room nothing is denied, and the sessions end by themselves within 15 minutes.

A deny is an IAM write: AWS takes it in within seconds as a rule, and promises no bound
(IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms).
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from daypass.aws.clients import Clients
from daypass.aws.inline_policies import InlinePolicies
from daypass.aws.policy import denial, denial_of_older, denied, ends, issued_before
from daypass.aws.refusals import OverQuota
from daypass.aws.role_sessions import RoleSessions
from daypass.deliveries.names import Names, session_mark
from daypass.model.errors import NotFound
from daypass.model.grant import Grant, GrantId
from daypass.model.lease import whole_second

_SINGLES = 16
"""Denies of one grant each that stand beside each other before they are gathered."""

_MARGIN = timedelta(seconds=5)
"""What AWS's clock may run ahead of ours and a vending under way may take, when sessions are told by their age."""

_MOST_BEHIND = timedelta(minutes=15)
"""AWS takes nothing from a clock that is further behind; by one that is, a deny must not end before the sessions do."""


class Cutoff:
    """Denies on one role: the broker role, or another."""

    def __init__(self, *, clients: Clients, sessions: RoleSessions, marks: Names, shared: bool = False) -> None:
        """
        Take the role's sessions, which know its name and how long they live, and what a deny is called.

        `shared` is a role that not only Daypass opens sessions of.
        """
        self._marks = marks
        self._clients = clients
        self._shared = shared
        self._sessions = sessions
        self._role = InlinePolicies(clients=clients, kind="role", owner=sessions.role_name)

    def on(self, sessions: RoleSessions) -> "Cutoff":
        """The same on a role that others assume too."""
        return Cutoff(clients=self._clients, sessions=sessions, marks=self._marks, shared=True)

    def deny(self, grant: Grant, now: datetime) -> bool:
        """Deny every session of this grant that was opened until now; False without room. May be repeated."""
        if self._put(grant, now):
            self._gather()
            return True
        if self._drop_those_over(now) and self._put(grant, now):
            return True
        if self._shared:
            return False
        self._deny_older(now)
        return True

    def is_singled_out(self, grant: Grant, now: datetime) -> bool:
        """Whether a deny that names this grant is in place, by itself or in a list."""
        if self._holds(self._marks.deny(grant.id), grant, now):
            return True
        return any(self._holds(name, grant, now) for name in self._role.names() if self._marks.is_deny_list(name))

    def _holds(self, name: str, grant: Grant, now: datetime) -> bool:
        try:
            found = self._role.get(name)
        except NotFound:
            return False
        until = ends(found)
        return grant.id in _grants(found) and (until is None or now < until)

    def is_denied(self, grant: Grant, ended: datetime, now: datetime) -> bool:
        """Whether every session of this grant that was opened before `ended` is denied."""
        if self.is_singled_out(grant, now):
            return True
        try:
            before = issued_before(self._role.get(self._marks.deny_older))
        except NotFound:
            return False
        return before is not None and before >= whole_second(ended) + _MARGIN

    def _put(self, grant: Grant, now: datetime) -> bool:
        until = self._last_session_over(now)
        if grant.lease is not None:
            until = min(until, grant.lease.ends)
        try:
            self._role.put(self._marks.deny(grant.id), denial(session_mark(grant.id), until))
        except OverQuota:
            return False
        return True

    def _drop_those_over(self, now: datetime) -> bool:
        over = [name for name in self._denies() if self._is_over(name, now)]
        for name in over:
            self._role.delete(name)
        return bool(over)

    def _gather(self) -> None:
        """Put many single denies into one list, while there is room for it beside them."""
        found: dict[str, Mapping[str, Any]] = {}
        names = [name for name in self._denies() if not self._marks.is_deny_list(name)]
        if len(names) <= _SINGLES:
            return
        for name in names:
            with suppress(NotFound):  # somebody else has gathered it
                found[name] = self._role.get(name)
        dated = {name: until for name, text in found.items() if (until := ends(text)) is not None}
        listed = sorted({grant for name in dated for grant in _grants(found[name])})
        if not listed:
            return
        text = denial([session_mark(grant) for grant in listed], max(dated.values()))
        try:
            self._role.put(self._marks.deny_list(listed), text)
        except OverQuota:
            return
        for name in dated:
            self._role.delete(name)

    def _is_over(self, name: str, now: datetime) -> bool:
        try:
            until = ends(self._role.get(name))
        except NotFound:
            return False
        return until is not None and until <= now

    def _deny_older(self, now: datetime) -> None:
        """
        Put one deny in the place of all.

        The new one is written over another first, when there is no room for it beside them: at no moment is a
        session that was denied let in again, and a cut anywhere leaves at most a deny too many.
        """
        text = denial_of_older(whole_second(now) + _MARGIN, self._last_session_over(now))
        others = self._denies()
        try:
            self._role.put(self._marks.deny_older, text)
        except OverQuota:
            if not others:
                raise
            self._role.put(others[0], text)
            for name in others[1:]:
                self._role.delete(name)
            self._role.put(self._marks.deny_older, text)
        for name in others:
            self._role.delete(name)

    def _denies(self) -> list[str]:
        """All but the one of older sessions."""
        return [name for name in self._role.names() if self._marks.is_deny(name) and name != self._marks.deny_older]

    def _last_session_over(self, now: datetime) -> datetime:
        return whole_second(now) + self._sessions.longest_ever() + _MOST_BEHIND + _MARGIN


def _grants(found: Mapping[str, Any]) -> frozenset[GrantId]:
    """Whose sessions a deny found in AWS is about."""
    return frozenset(GrantId(one.removeprefix(session_mark(GrantId("")))) for one in denied(found))
