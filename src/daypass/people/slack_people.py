"""
People and user groups as Slack has them.

How old an answer may be, and why:

    a person (name, time zone, deactivated,    60 s   users.info; who is deactivated cannot click in Slack at once, and
    on holiday by their status)                       their command line stops within the minute
    whose an e-mail address is                 60 s   users.lookupByEmail, for schedules and for tags of buckets
    who there is                              10 min  users.list, to say whom other rules would concern; decides nothing
    who is in which group                       5 s   usergroups.list, one call for all groups (slack_groups)

Chores ask anew after ten minutes, of groups after one, and spend a fifth of Slack's allowance (slack_budget).

So an approver who was taken out of a group is refused at a click five seconds later, and the rules are never asked
with an older membership: when Slack does not say who is in a group, nobody is.

Two ids are known to be one account when Slack says so itself (Enterprise Grid gives a person an id for the whole
organisation and another for the workspace; a group may hold either, and a click come from either). They are known to be
one person also when both have been looked up here and have the same e-mail address (scope users:read.email), which
Slack does not say to be unconfirmed: enough to refuse, and never to allow.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from daypass.model.errors import NotFound, Unavailable
from daypass.model.principal import LONGEST_NAME, Principal, PrincipalId, SlackGroupId
from daypass.model.words import one_line
from daypass.people.organization import Organization, home_of, is_guest, must_belong
from daypass.people.slack_calls import SlackCalls
from daypass.people.slack_groups import PATIENCE_S, SlackGroups, Wanted
from daypass.people.slack_status import away
from daypass.sources.ttl_cache import Ages, TtlCache

PERSON_FRESH_S = 60.0
EMAIL_FRESH_S = 60.0
EVERYBODY_FRESH_S = 600.0
NOBODY_S = 60.0
"""How long Slack's word that there is nobody counts: ids can be made up without end."""
UNHURRIED_S = 600.0
"""For chores, which tell people of something and decide nothing."""
_A_PAGE = "1000"
"""The most that Slack gives of users.list at once."""
_MOST_PAGES = 200
_MOST_EMAILS = 100_000


K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A person without their groups, and their address where Slack has confirmed and shows it."""

    person: Principal
    email: str


class SlackPeople:
    """What Slack knows of the port Directory's answers."""

    def __init__(
        self,
        calls: SlackCalls,
        *,
        wanted: Wanted = lambda: None,
        clock: Callable[[], float],
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Take the way to Slack, and which groups rules name; `clock` gives seconds that only grow."""
        self._calls = calls
        self._people = TtlCache(
            self._person, Ages(fresh_s=PERSON_FRESH_S, unhurried_s=UNHURRIED_S, nothing_s=NOBODY_S), clock=clock
        )
        self._groups = SlackGroups(calls, wanted=wanted, clock=clock, patience_s=patience_s)
        self._emails = TtlCache(
            self._find_email, Ages(fresh_s=EMAIL_FRESH_S, unhurried_s=UNHURRIED_S, nothing_s=NOBODY_S), clock=clock
        )
        self._everybody = TtlCache(self._list, Ages(fresh_s=EVERYBODY_FRESH_S), clock=clock)
        self._home = TtlCache(self._find_home, Ages(fresh_s=float("inf")), clock=clock)
        self._guard = threading.Lock()
        self._of_email: dict[str, frozenset[PrincipalId]] = {}
        self._remembered: dict[PrincipalId, _Known] = {}

    def principal(self, principal_id: PrincipalId) -> Principal:
        """Read one person with their groups. Raises NotFound for nobody, for an app and for another organisation's."""
        return self._with_groups(self._people.get(principal_id))

    def everybody(self) -> list[Principal]:
        """List the people of this workspace, with their groups; who has left among them."""
        return [self._with_groups(known) for known in self._everybody.get("all")]

    def has_left(self, principal_id: PrincipalId) -> bool:
        """Whether Slack says of that very id, now, that it is deleted. Raises Unavailable, Throttled, Misconfigured."""
        try:
            user = _user(self._calls.call("users.info", user=principal_id))
        except NotFound:
            return False
        return user.get("deleted") is True and principal_id in {user.get("id"), *_other_ids(user, principal_id)}

    def others(self, principal_id: PrincipalId) -> frozenset[PrincipalId]:
        """Other ids of the same person, as far as both were looked up here. Asks nobody."""
        known = self._remembered.get(principal_id)
        return self._others(known) if known else frozenset()

    def by_email(self, email: str) -> PrincipalId:
        """Find the person with an e-mail address. Raises NotFound for nobody, an app, another organisation's."""
        return self._emails.get(email.lower())

    def members(self, group: SlackGroupId) -> frozenset[PrincipalId]:
        """Read who is in a user group. Raises NotFound for one that is unknown or disabled, Unavailable."""
        return self._groups.members(group)

    def group_name(self, group: SlackGroupId) -> str:
        """Read what people call a user group: `@leads`. Raises NotFound for one that is unknown or disabled."""
        return self._groups.name(group)

    def _person(self, principal_id: PrincipalId) -> _Known:
        try:
            user = _user(self._calls.call("users.info", user=principal_id))
        except NotFound:
            raise NotFound(f"Slack knows nobody with the id `{principal_id}`.") from None
        return self._told(user, principal_id)

    def _with_groups(self, known: _Known) -> Principal:
        person = known.person
        groups, unread = self._groups.of(person.ids) if person.active else (frozenset(), frozenset())
        return replace(person, slack_groups=groups, unread=unread, same_as=self._others(known))

    def _list(self, _: str) -> list[_Known]:
        found: list[_Known] = []
        cursor = ""
        for _page in range(_MOST_PAGES):
            answer = self._calls.call("users.list", limit=_A_PAGE, cursor=cursor)
            members = answer.get("members")
            if not isinstance(members, list):
                raise Unavailable("Slack's list of people cannot be read; it will be tried again.")
            for user in members:
                if not isinstance(user, dict) or not user.get("id"):
                    continue
                with suppress(NotFound, Unavailable):  # an app, somebody of elsewhere, or it is not said of whom
                    found.append(self._told(user, PrincipalId(str(user["id"]))))
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return found
        raise Unavailable("Slack's list of people does not come to an end.")

    def _told(self, user: Mapping[str, Any], principal_id: PrincipalId) -> _Known:
        """Read somebody as Slack tells of them. Raises NotFound for an app, and for another organisation's."""
        must_belong(user, principal_id, self._home.get("home"))
        email = self._remember_email(user, principal_id)
        person = Principal(
            id=principal_id,
            name=_name(user),
            tz=_tz(user),
            active=not user.get("deleted", False),
            guest=is_guest(user),
            same_as=_other_ids(user, principal_id),
            aliases=_other_ids(user, principal_id),
            away=away(user.get("profile") or {}),
        )
        known = _Known(person=person, email=email)
        with self._guard:
            _make_room(self._remembered, principal_id)
            self._remembered[principal_id] = known
        return known

    def _others(self, known: _Known) -> frozenset[PrincipalId]:
        return (known.person.same_as | self._of_email.get(known.email, frozenset())) - {known.person.id}

    def _find_email(self, email: str) -> PrincipalId:
        try:
            user = _user(self._calls.call("users.lookupByEmail", email=email))
        except NotFound:
            raise NotFound("Slack knows nobody with this e-mail address.") from None
        found = PrincipalId(str(user["id"]))
        must_belong(user, found, self._home.get("home"))
        if not user.get("is_email_confirmed", True):  # anybody could give themselves the pager's address
            raise NotFound(f"{found} has not confirmed this e-mail address to Slack.")
        return found

    def _find_home(self, _: str) -> Organization:
        return home_of(self._calls.call("auth.test"))

    def _remember_email(self, user: Mapping[str, Any], principal_id: PrincipalId) -> str:
        email = str((user.get("profile") or {}).get("email") or "").casefold()
        if not email or not user.get("is_email_confirmed", True):
            return ""
        with self._guard:
            _make_room(self._of_email, email)
            self._of_email[email] = self._of_email.get(email, frozenset()) | {principal_id}
        return email


def _make_room(known: dict[K, V], key: K) -> None:
    """Forget the oldest of many, not all of them: who is one person with whom must not be forgotten at once."""
    if key not in known and len(known) >= _MOST_EMAILS:
        del known[next(iter(known))]


def _user(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The person of an answer. Raises Unavailable for an answer that tells of nobody."""
    user = answer.get("user")
    if not isinstance(user, dict) or not user.get("id"):
        raise Unavailable("Slack's answer does not say who this is; it will be tried again.")
    return user


def _other_ids(user: Mapping[str, Any], principal_id: PrincipalId) -> frozenset[PrincipalId]:
    """Ids that Slack itself gives to the same person: in the workspace, and in the whole organisation."""
    ids = {user.get("id"), (user.get("enterprise_user") or {}).get("id")}
    return frozenset(PrincipalId(str(one)) for one in ids if one and one != principal_id)


def _name(user: Mapping[str, Any]) -> str:
    profile = user.get("profile") or {}
    names = (profile.get("real_name"), user.get("real_name"), profile.get("display_name"), user.get("name"), user["id"])
    return next(shown for name in names if name and (shown := one_line(str(name), LONGEST_NAME)))


def _tz(user: Mapping[str, Any]) -> str:
    """The time zone, if it is one that can be reckoned with; Slack gives none for who is deactivated."""
    name = str(user.get("tz") or "UTC")
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"
