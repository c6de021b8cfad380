"""
User groups as Slack has them: looked up for rules that name one, and for no others.

    no rule names a group          usergroups.list is never called
    one group comes without users  that group cannot be read; the others can
    the call fails, or takes long  none of the groups that rules name can be read, for five seconds

What cannot be read is said of each person (`Principal.unread`), and never taken for an empty group: only a rule that
names such a group suffers, with a sentence that names it (rules/decide/decision).
"""

import threading
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

import structlog

from daypass.model.errors import DaypassError, NotFound, Unavailable
from daypass.model.principal import LONGEST_NAME, PrincipalId, SlackGroupId
from daypass.model.words import one_line
from daypass.people.slack_calls import SlackCalls
from daypass.sources.ttl_cache import Ages, TtlCache

GROUPS_FRESH_S, GROUPS_UNHURRIED_S = 5.0, 60.0
PATIENCE_S = 2.0
"""What a question may wait for groups: somebody has clicked."""

Ids = frozenset[SlackGroupId]
Wanted = Callable[[], Ids | None]
"""The groups that rules name; None for all there are, and then a call that fails is an error."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Every user group that is in use, both ways round, or why that cannot be told."""

    members: Mapping[SlackGroupId, frozenset[PrincipalId]] = field(default_factory=dict)
    of: Mapping[PrincipalId, Ids] = field(default_factory=dict)
    names: Mapping[SlackGroupId, str] = field(default_factory=dict)
    unread: Ids = frozenset()
    """Those that came without their users."""
    failed: DaypassError | None = None
    told: Mapping[SlackGroupId, list[str]] = field(default_factory=dict)
    """The users of each as Slack listed them, to see by whether they are others now."""

    def groups_of(self, ids: frozenset[PrincipalId]) -> Ids:
        """The groups that hold one of these."""
        return frozenset[SlackGroupId]().union(*(self.of.get(one, frozenset()) for one in ids))


class SlackGroups:
    """Looks groups up. Safe to share between threads."""

    def __init__(
        self, calls: SlackCalls, *, wanted: Wanted, clock: Callable[[], float], patience_s: float = PATIENCE_S
    ) -> None:
        """Take the way to Slack, and which groups are wanted; `clock` gives seconds that only grow."""
        self._calls = calls
        self._wanted = wanted
        self._patience_s = patience_s
        self._kept = TtlCache(self._read, Ages(fresh_s=GROUPS_FRESH_S, unhurried_s=GROUPS_UNHURRIED_S), clock=clock)
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="groups")
        self._guard = threading.Lock()
        self._hanging: Future[Groups] | None = None
        self._last = Groups()

    def of(self, ids: frozenset[PrincipalId]) -> tuple[Ids, Ids]:
        """The groups that an account is in, under whichever of its ids, and those wanted that cannot be read now."""
        wanted = self._wanted()
        if wanted is not None and not wanted:
            return frozenset(), frozenset()
        seen = self._now()
        if wanted is None:
            if seen.failed is not None:
                raise seen.failed
            return seen.groups_of(ids), seen.unread
        return seen.groups_of(ids), wanted if seen.failed is not None else wanted & seen.unread

    def members(self, group: SlackGroupId) -> frozenset[PrincipalId]:
        """Who is in a group. Raises NotFound for one that is unknown or disabled, Unavailable for one not told."""
        seen = self._told()
        if group in seen.unread:
            raise Unavailable(f"Slack does not say who is in the user group {group}; it will be tried again.")
        if group not in seen.members:
            raise NotFound(f"Slack has no user group {group} that is in use.")
        return seen.members[group]

    def name(self, group: SlackGroupId) -> str:
        """What people call a group: `@leads`. Raises NotFound for one that is unknown or disabled."""
        seen = self._told()
        if group not in seen.names:
            raise NotFound(f"Slack has no user group {group} that is in use.")
        return seen.names[group]

    def _told(self) -> Groups:
        seen = self._now()
        if seen.failed is not None:
            raise seen.failed
        return seen

    def _now(self) -> Groups:
        """Ask, or take what is fresh, but wait for a moment only, and no longer for what hangs already."""
        with self._guard:
            if self._hanging is not None and not self._hanging.done():
                return Groups(failed=_slow())
            asking = self._threads.submit(copy_context().run, self._kept.get, "all")
        try:
            return asking.result(timeout=self._patience_s)
        except TimeoutError:
            with self._guard:
                self._hanging = asking
            return Groups(failed=_slow())

    def _read(self, _: str) -> Groups:
        """Read all of them with one call. A failure is an answer too, so that it is not asked for at every click."""
        try:
            answer = self._calls.call("usergroups.list", include_users=True, include_disabled=False)
        except DaypassError as error:
            log.warning("slack.groups_unread", because=error.report)
            return Groups(failed=error)
        listed = answer.get("usergroups")
        if not isinstance(listed, list):
            return Groups(failed=Unavailable("Slack's list of user groups cannot be read; it will be tried again."))
        self._last = groups_in([one for one in listed if isinstance(one, dict) and one.get("id")], self._last)
        return self._last


def groups_in(listed: list[Mapping[str, Any]], before: Groups) -> Groups:
    """
    Read Slack's list of groups. Only what is different from before is gone through person by person.

    The list comes every few seconds, with everybody in every group of an organization in it.
    """
    told = {SlackGroupId(str(one["id"])): one.get("users") for one in listed}
    lists = {group: ids for group, ids in told.items() if isinstance(ids, list)}
    same = {group for group, ids in lists.items() if before.told.get(group) == ids}
    members = {
        group: before.members[group] if group in same else frozenset(map(PrincipalId, ids))
        for group, ids in lists.items()
    }
    return Groups(
        members=members,
        of=_index(members, before, same),
        names={
            SlackGroupId(str(one["id"])): f"@{one_line(str(one.get('handle') or ''), LONGEST_NAME) or one['id']}"
            for one in listed
        },
        unread=frozenset(told.keys() - members.keys()),
        told=lists,
    )


def _index(
    members: Mapping[SlackGroupId, frozenset[PrincipalId]], before: Groups, same: AbstractSet[SlackGroupId]
) -> Mapping[PrincipalId, Ids]:
    """Bring the groups of each person up to date, for those whose groups are others by now."""
    of, nobody = dict(before.of), frozenset[PrincipalId]()
    for group in (members.keys() | before.members.keys()) - same:
        now, then = members.get(group, nobody), before.members.get(group, nobody)
        for person in now ^ then:
            groups = of.get(person, frozenset())
            of[person] = groups | {group} if person in now else groups - {group}
    return of


def _slow() -> Unavailable:
    return Unavailable("Slack does not say in time who is in which user group; it will be tried again.")
