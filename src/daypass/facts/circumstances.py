"""
What is so around an ask, found out at one moment.

Everything that is needed is asked at once, each for two seconds at most (lookups). What cannot be found out is left out
and logged, and the rules judge without it: a rule that lends does not hold then, one that denies does.

How old an answer may be:

    people, their status in Slack      60 s   as in slack_people; who is away by their own word: now
    members of Slack groups             5 s   as in slack_people
    groups, managers, second accounts   now   the people file is read again whenever its text has changed
    whose an e-mail address is         60 s
    who is on call                     60 s   of the minute that is asked about
    tags and account of a bucket       60 s
    tickets                            30 s
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain

from daypass.facts.outside_facts import Elsewhere, OutsideFacts
from daypass.model.decision import Circumstances, Needs, Ticket, TicketId
from daypass.model.errors import NotFound
from daypass.model.principal import GroupName, Principal, PrincipalId, SlackGroupId
from daypass.model.resource import BARE, Resource
from daypass.rules.document.values import is_person_id
from daypass.sources.lookups import PATIENCE_S, LookupThreads, Search, Sort
from daypass.sources.mail_address import address
from daypass.sources.warnings import Warnings

WHO = "who {} is"
TICKET = "the ticket {}"
OWNER = "whom the tag {} names"
_MOST_BESIDE = 50
"""Members of groups who are looked up one by one; of a larger group it is not known who is away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoIsWho:
    """How people and groups are looked up. Each may raise."""

    person: Callable[[PrincipalId], Principal]
    members: Callable[[SlackGroupId | GroupName], frozenset[PrincipalId]]
    by_email: Callable[[str], PrincipalId]


class FactLookup:
    """Finds out what the rules need: ports.Facts. Safe to share between threads."""

    def __init__(self, who: WhoIsWho, outside: OutsideFacts, lookups: LookupThreads, left_out: Warnings) -> None:
        """Take whom to ask, how, and whom to tell of what was not found out."""
        self._who = who
        self._left_out = left_out
        self._outside = outside
        self._lookups = lookups

    def circumstances(
        self, needed: Needs, *, at: datetime, place: Resource | None = None, people: Sequence[Principal] = ()
    ) -> Circumstances:
        """Find out what is needed, and nothing else. Raises nothing."""
        search = self._lookups.search()
        begin, collect = search.begin, search.found
        if place and (place.kind != BARE or place.account):
            place = None  # what is called like a bucket at home is none, and has not its tags
        bucket = place.root if place else ""
        buckets = [bucket] * (needed.tags and bool(place))
        owned = [bucket] * ((needed.tags or bool(needed.owner_tags)) and bool(place))
        # All are begun before the first is waited for.
        named = begin(Sort.PEOPLE, WHO, self._person, needed.people)
        slack_groups = begin(Sort.GROUPS, "who is in {}", self._who.members, needed.slack_groups)
        groups = begin(Sort.GROUPS, "who is in {}", self._who.members, needed.groups)
        on_call = begin(Sort.SCHEDULES, "who is on call in {}", partial(self._outside.on_call, at=at), needed.schedules)
        tickets = begin(Sort.TICKETS, TICKET, self._ticket, needed.tickets)
        account = begin(Sort.BUCKETS, "the account of {}", self._outside.account, buckets)
        tags = collect(begin(Sort.BUCKETS, "the tags of {}", self._outside.tags, owned)).get(bucket)
        owners, looked_at = self._owners(search, needed.owner_tags, tags or {}), collect(tickets)
        around = Circumstances(
            at=at,
            slack_groups=collect(slack_groups),
            groups=collect(groups),
            on_call=collect(on_call),
            account=collect(account).get(bucket),
            tags=tags,
            owners={tag: owner for tag, owner in owners.items() if owner},
            no_owners={tag: _no_owner((tags or {})[tag]) for tag, owner in owners.items() if owner is None},
            tickets={one: ticket for one, ticket in looked_at.items() if ticket},
            no_tickets=frozenset(one for one, ticket in looked_at.items() if ticket is None),
        )
        looked_up = self._with_those_named(search, collect(named), _named(people, needed, around))
        nobody = {tag: owner for tag, owner in around.owners.items() if owner in looked_up and not looked_up[owner]}
        return replace(
            around,
            owners={tag: owner for tag, owner in around.owners.items() if tag not in nobody},
            no_owners={**around.no_owners, **{tag: _no_owner(owner) for tag, owner in nobody.items()}},
            people={one: person for one, person in looked_up.items() if person},
            strangers=frozenset(one for one, person in looked_up.items() if person is None),
        )

    def _owners(self, search: Search, names: Iterable[str], tags: Mapping[str, str]) -> dict[str, PrincipalId | None]:
        given = [name for name in names if name in tags]
        return search.found(search.begin(Sort.PEOPLE, OWNER, lambda name: self._owner(name, tags[name]), given))

    def _owner(self, tag: str, value: str) -> PrincipalId | None:
        """Whom a tag names; None when that is nobody, which is a fact and no outage."""
        try:
            return self._outside.owner(value)
        except NotFound as nobody:
            self._left_out.tell(OWNER.format(tag), nobody)
            return None

    def _with_those_named(
        self, search: Search, looked_up: dict[PrincipalId, Principal | None], named: frozenset[PrincipalId]
    ) -> dict[PrincipalId, Principal | None]:
        """Add those whom the other facts name, then those who decide in the stead of who is away."""
        found, tried, more = dict(looked_up), set(looked_up), named
        for _ in range(2):
            new = sorted(more - tried)
            tried.update(new)
            found |= search.found(search.begin(Sort.PEOPLE, WHO, self._person, new))
            more = frozenset(one.away.delegate for one in found.values() if one and one.away and one.away.delegate)
        return found

    def _person(self, principal_id: PrincipalId) -> Principal | None:
        """Somebody; None when there is nobody by that id, which is a fact too."""
        try:
            return self._who.person(principal_id)
        except NotFound as nobody:
            self._left_out.tell(WHO.format(principal_id), nobody)
            return None

    def _ticket(self, ticket_id: TicketId) -> Ticket | None:
        """A ticket; None when its tracker says that there is none, which is a fact and no outage."""
        try:
            return self._outside.ticket(ticket_id)
        except NotFound as nothing:
            self._left_out.tell(TICKET.format(ticket_id), nothing)
            return None


def fact_lookup(
    who: WhoIsWho, elsewhere: Elsewhere, *, patience_s: float = PATIENCE_S, clock: Callable[[], float]
) -> FactLookup:
    """Make one, with threads and a log of its own. `patience_s` is for each look-up; `clock` gives growing seconds."""
    warnings = Warnings(clock=clock)
    outside = OutsideFacts(elsewhere, by_email=who.by_email, left_out=warnings, clock=clock)
    return FactLookup(who, outside, LookupThreads(warnings, patience_s=patience_s), warnings)


def _no_owner(value: str) -> str:
    """Say that the value of a tag is nobody; one that could name nobody is not repeated."""
    named = value if is_person_id(value) else address(value)
    return f'names "{named}", who is nobody in Slack' if named else "is no Slack user ID and no email address"


def _named(people: Sequence[Principal], needed: Needs, around: Circumstances) -> frozenset[PrincipalId]:
    """Those whom a rule may name by what they are, and those who answer for the robots that ask."""
    members = frozenset(chain(*around.slack_groups.values(), *around.groups.values()))
    named = frozenset(chain(around.owners.values(), *around.on_call.values()))
    named |= members if len(members) <= _MOST_BESIDE else frozenset()
    answering = frozenset[PrincipalId]().union(*(one.answered_by for one in people))
    return named | answering if named or needed.people else named
