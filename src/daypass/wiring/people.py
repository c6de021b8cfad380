"""Who is who and what rules look at besides, from the settings: Slack, the operator's files, AWS, a tracker."""

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from daypass.aws.bucket_tags import ResourceTags
from daypass.aws.buckets import AwsCatalogue
from daypass.aws.identities import Identities
from daypass.aws.tagged_users import tagged_users
from daypass.facts.circumstances import FactLookup, WhoIsWho, fact_lookup
from daypass.facts.on_call.schedules_file import Schedules, parse_schedules
from daypass.facts.outside_facts import Elsewhere
from daypass.facts.trackers import Jira
from daypass.lifecycle.known_people import slack_groups_of
from daypass.model.absence import Absence
from daypass.model.bot import Bot
from daypass.model.errors import AwsForbids, Misconfigured, NotFound, RulesUnreadable
from daypass.model.principal import Away, AwsIdentity, PrincipalId, SlackGroupId
from daypass.model.record import Validity
from daypass.people.aws_identities import AwsIdentities
from daypass.people.aws_map import AwsMap, parse_map
from daypass.people.bots import BotDirectory
from daypass.people.directory import Beside, PeopleDirectory
from daypass.people.iam_tags import IdentityTags
from daypass.people.people_file import PeopleFileOnDisk
from daypass.people.slack_calls import SlackCalls, web_client
from daypass.people.slack_people import SlackPeople
from daypass.ports import Records
from daypass.rules.load.read import RuleBook
from daypass.settings import Settings, Tickets, secret


def people(
    settings: Settings,
    buckets: AwsCatalogue,
    records: Records,
    now: Callable[[], datetime],
    *,
    rules: Callable[[], RuleBook] | None = None,
) -> PeopleDirectory:
    """Who is who. Raises Misconfigured for a file or a token that will not do."""
    clients = buckets.clients
    identities = Identities(clients=clients)
    return PeopleDirectory(
        SlackPeople(
            slack_calls(settings),
            wanted=WantedGroups(rules) if rules else lambda: None,
            clock=time.monotonic,
            patience_s=float(settings.people.patience_s),
        ),
        AwsIdentities(
            _explicit(settings.rules.people),
            tags=IdentityTags(lambda: tagged_users(clients), clock=time.monotonic)
            if settings.aws.identity_tags
            else None,
            unique_id=partial(_unique_id, identities),
            clock=time.monotonic,
        ),
        beside=Beside(
            register=_register(settings.people.file),
            robots=BotDirectory(lambda who: records.find(Bot, who)),
            absence=partial(_absence, records, now),
        ),
        clock=time.monotonic,
    )


def facts(settings: Settings, buckets: AwsCatalogue, directory: PeopleDirectory) -> FactLookup:
    """What rules look at besides who is who. Raises Misconfigured for a file or a token that will not do."""
    elsewhere = Elsewhere(
        schedules=_schedules(settings.people.schedules),
        buckets=ResourceTags(clients=buckets.clients, buckets=buckets),
        tracker=_tracker(settings.tickets),
    )
    return fact_lookup(
        WhoIsWho(person=directory.known, members=directory.members, by_email=directory.by_email),
        elsewhere,
        patience_s=float(settings.people.patience_s),
        clock=time.monotonic,
    )


class WantedGroups:
    """The Slack groups that the rules of now name; none while they cannot be read, as nothing is given then."""

    def __init__(self, rules: Callable[[], RuleBook]) -> None:
        """Take how to read the rules."""
        self._rules = rules
        self._of: tuple[str, frozenset[SlackGroupId]] = ("", frozenset())

    def __call__(self) -> frozenset[SlackGroupId]:
        """Name them, found anew when the rules have changed."""
        try:
            book = self._rules()
        except RulesUnreadable:
            return frozenset()
        if self._of[0] != book.digest:
            self._of = (book.digest, slack_groups_of(book))
        return self._of[1]


def slack_calls(settings: Settings) -> SlackCalls:
    """Plain calls to Slack's Web API."""
    client = web_client(settings.slack.bot_token, base_url=settings.slack.api_url)
    return SlackCalls(client, clock=time.monotonic, sleep=time.sleep)


def _unique_id(identities: Identities, identity: AwsIdentity) -> str:
    """
    The id that survives a rename; empty for one that Daypass may not look at.

    Only the delivery `policy` needs it, and refuses by itself whom it cannot look at; sessions and links go to anybody.
    """
    try:
        return identities.now(identity).unique_id
    except (AwsForbids, NotFound):
        return ""


def _absence(records: Records, now: Callable[[], datetime], who: PrincipalId) -> Away | None:
    """What somebody said of their own absence, while it lasts."""
    try:
        said = records.find(Absence, who)
    except NotFound:
        return None
    if said.state is not Validity.OPEN or said.until <= now():
        return None
    return Away(until=said.until, delegate=said.delegate)


def _explicit(file: Path | None) -> AwsMap:
    return {} if file is None else parse_map(_bytes(file, "The map of people"), name=str(file))


def _register(file: Path | None) -> PeopleFileOnDisk | None:
    if file is None:
        return None
    register = PeopleFileOnDisk(file)
    register.now()
    return register


def _schedules(file: Path | None) -> Schedules:
    if file is None:
        return {}
    return parse_schedules(_bytes(file, "The file of schedules"), name=str(file), secret=secret)


def _tracker(tickets: Tickets) -> Jira | None:
    if not tickets.jira_url:
        return None
    return Jira(tickets.jira_url, tickets.jira_token, user=tickets.jira_user)


def _bytes(file: Path, what: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{what} {file} cannot be read: {error.strerror}.") from None
