"""A person's AWS identity comes from the map or a tag, and is refused when the two do not agree."""

from collections.abc import Iterator

import pytest

from daypass.model.errors import Misconfigured, Unavailable
from daypass.model.principal import AwsIdentity, PrincipalId
from daypass.people.aws_identities import AwsIdentities
from daypass.people.aws_map import AwsMap, parse_map
from daypass.people.directory import PeopleDirectory
from daypass.people.iam_tags import STALE_S, TAG, IdentityTags, UserTags
from daypass.people.slack_calls import SlackCalls, web_client
from daypass.people.slack_people import SlackPeople
from localslack import BlockingSlack
from tests.office import office_slack
from tests.people.hands import HandClock

ALICE, BOB = PrincipalId("U0ALICE"), PrincipalId("U0BOB")
USER = "arn:aws:iam::123456789012:user/"


@pytest.fixture(scope="module")
def slack() -> Iterator[BlockingSlack]:
    """Start a local Slack with Alice and Bob."""
    with office_slack() as slack:
        yield slack


@pytest.fixture
def clock() -> HandClock:
    """Hold the time still."""
    return HandClock()


class Iam:
    """IAM as a callable gives it: users with their unique ids and tags. It can be down."""

    def __init__(self, **tags: str) -> None:
        self.tags = tags
        self.down = False
        self.reads = 0

    def users(self) -> Iterator[UserTags]:
        """Go through the users."""
        self.reads += 1
        if self.down:
            raise Unavailable("IAM does not answer.")
        for name, owner in self.tags.items():
            yield f"{USER}{name}", f"AIDA{name.upper()}", {TAG: owner, "team": "data"}

    def unique_id(self, identity: AwsIdentity) -> str:
        """Look up a unique id."""
        self.reads += 1
        return f"AIDA{identity.name.upper()}"


def directory(slack: BlockingSlack, clock: HandClock, explicit: AwsMap, iam: Iam | None) -> PeopleDirectory:
    """Put a directory together."""
    calls = SlackCalls(web_client(slack.bot_token, base_url=slack.api_url), clock=clock, sleep=clock.sleep)
    aws = AwsIdentities(
        explicit,
        tags=IdentityTags(iam.users, clock=clock) if iam else None,
        unique_id=iam.unique_id if iam else None,
        clock=clock,
    )
    return PeopleDirectory(SlackPeople(calls, clock=clock), aws, clock=clock)


def explicit(**people: str) -> AwsMap:
    """Write a map of people."""
    return {PrincipalId(person): AwsIdentity(arn=f"{USER}{name}") for person, name in people.items()}


def test_a_person_without_an_identity_has_none(slack: BlockingSlack, clock: HandClock) -> None:
    """Sessions and links need none, so it is no fault."""
    assert directory(slack, clock, {}, Iam()).principal(ALICE).aws is None


@pytest.mark.parametrize(
    ("mapped", "tagged"),
    [({"U0ALICE": "alice"}, {}), ({}, {"alice": "U0ALICE"}), ({"U0ALICE": "alice"}, {"alice": "U0ALICE"})],
    ids=["map", "tag", "both"],
)
def test_map_or_tag_or_both_give_the_identity_with_its_unique_id(
    slack: BlockingSlack, clock: HandClock, mapped: dict[str, str], tagged: dict[str, str]
) -> None:
    """Wherever the ARN is from, the unique id is filled in."""
    alice = directory(slack, clock, explicit(**mapped), Iam(**tagged)).principal(ALICE)

    assert alice.aws == AwsIdentity(arn=f"{USER}alice", unique_id="AIDAALICE")
    assert alice.name == "Alice Moreau"


def test_without_iam_the_map_alone_gives_the_identity(slack: BlockingSlack, clock: HandClock) -> None:
    """A map is enough; the unique id is unknown then."""
    alice = directory(slack, clock, explicit(U0ALICE="alice"), None).principal(ALICE)

    assert alice.aws == AwsIdentity(arn=f"{USER}alice")


@pytest.mark.parametrize(
    ("mapped", "tagged", "named"),
    [
        ({}, {"alice": "U0ALICE", "alice2": "U0ALICE"}, ("user/alice and", "user/alice2")),
        ({"U0ALICE": "alice"}, {"other": "U0ALICE"}, ("user/alice and", "user/other")),
        ({"U0ALICE": "alice"}, {"alice": "U0BOB"}, ("U0ALICE", "U0BOB")),
        ({"U0BOB": "alice"}, {"alice": "U0ALICE"}, ("U0ALICE", "U0BOB")),
    ],
    ids=["two users with one tag", "map and tag differ", "tag is another's", "map is another's"],
)
def test_an_ambiguous_identity_is_refused_and_both_are_named(
    slack: BlockingSlack, clock: HandClock, mapped: dict[str, str], tagged: dict[str, str], named: tuple[str, str]
) -> None:
    """Nothing is guessed: the operator reads which two do not agree."""
    with pytest.raises(Misconfigured) as refused:
        directory(slack, clock, explicit(**mapped), Iam(**tagged)).principal(ALICE)

    assert all(name in refused.value.sentence for name in named)


def test_another_persons_muddle_is_not_ones_own(slack: BlockingSlack, clock: HandClock) -> None:
    """Bob is found while Alice is ambiguous."""
    found = directory(slack, clock, {}, Iam(alice="U0ALICE", alice2="U0ALICE", bob="U0BOB"))

    assert found.principal(BOB).aws == AwsIdentity(arn=f"{USER}bob", unique_id="AIDABOB")


def test_iam_is_read_once_a_minute(slack: BlockingSlack, clock: HandClock) -> None:
    """Many looks are one read of all users."""
    iam = Iam(alice="U0ALICE")
    found = directory(slack, clock, {}, iam)

    for _ in range(5):
        found.principal(ALICE)

    assert iam.reads == 1


def test_a_tag_that_moved_counts_after_a_minute(slack: BlockingSlack, clock: HandClock) -> None:
    """What IAM says now is what counts."""
    iam = Iam(alice="U0ALICE")
    found = directory(slack, clock, {}, iam)
    found.principal(ALICE)
    iam.tags = {"alicia": "U0ALICE"}

    clock.seconds += 60

    aws = found.principal(ALICE).aws
    assert aws is not None
    assert aws.name == "alicia"


def test_while_iam_is_down_its_last_word_serves_for_a_quarter_of_an_hour(
    slack: BlockingSlack, clock: HandClock
) -> None:
    """Approvals go on, but not for ever on what nobody can check."""
    iam = Iam(alice="U0ALICE")
    found = directory(slack, clock, {}, iam)
    before = found.principal(ALICE)
    iam.down = True

    clock.seconds += STALE_S - 1
    assert found.principal(ALICE) == before

    clock.seconds += 1
    with pytest.raises(Unavailable):
        found.principal(ALICE)


def test_the_map_is_read_from_yaml() -> None:
    """One line a person."""
    text = f"# people\nU0ALICE: {USER}alice\nU0BOB: arn:aws:iam::123456789012:role/people/bob\n"

    people = parse_map(text, name="people.yaml")

    assert {person: identity.name for person, identity in people.items()} == {ALICE: "alice", BOB: "bob"}


@pytest.mark.parametrize("text", ["", "# nobody yet\n", "{}"])
def test_an_empty_map_is_no_map(text: str) -> None:
    """Nobody is in it, and that is no fault."""
    assert parse_map(text, name="people.yaml") == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("alice: x", "people.yaml:1: “alice” is not a Slack user id such as U02ABCDEF. Write “U02ABCDEF: arn:"),
        ("\nU0ALICE: alice", "people.yaml:2: “alice” is not the ARN of an IAM user or role. Write"),
        ("U0ALICE: [a]", "people.yaml:1: U0ALICE has no ARN."),
        ("U0ALICE:", "people.yaml:1: U0ALICE has no ARN."),
        ("- U0ALICE", "people.yaml:1: This is no map of people."),
        ("U0ALICE: 'x", "people.yaml:1: This is not YAML"),
        (f"U0ALICE: {USER}a\nU0ALICE: {USER}b", "people.yaml:2: “U0ALICE” is given twice; the first is on line 1."),
        (f"U0ALICE: {USER}a\nU0BOB: {USER}a", f"people.yaml:2: {USER}a belongs to U0ALICE already."),
    ],
)
def test_a_fault_in_the_map_has_its_line_and_what_to_write(text: str, fault: str) -> None:
    """The operator is told where and what."""
    with pytest.raises(Misconfigured) as refused:
        parse_map(text, name="people.yaml")

    assert refused.value.sentence.startswith(f"The map of people cannot be read:\n{fault}")


def test_every_fault_in_the_map_is_told_at_once() -> None:
    """Not only the first."""
    with pytest.raises(Misconfigured) as refused:
        parse_map(f"alice: x\nU0BOB: y\nU0CID: {USER}c\nU0DEE: {USER}c", name="people.yaml")

    assert [line.split(":")[1] for line in refused.value.sentence.splitlines()[1:]] == ["1", "2", "4"]
