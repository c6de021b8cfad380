"""Adding robots, giving them new tokens, removing them: by the owners of the rules, and never for deciding."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from daypass.lifecycle.bots.administer import Added, Wanted, add, adopt, remove, rotate
from daypass.lifecycle.bots.claims import GITHUB
from daypass.lifecycle.bots.find import visible
from daypass.lifecycle.bots.identify import identify
from daypass.lifecycle.bots.tokens import WORKLOAD_PREFIX
from daypass.lifecycle.judge import Judge
from daypass.model.bot import Bot
from daypass.model.errors import BadInput, NotFound, NotYours, TooLate, Unavailable
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Grant, GrantState, Why
from daypass.model.login import Login, LoginScope
from daypass.model.principal import Principal, PrincipalId, SlackGroupId
from daypass.model.secret import digest
from daypass.rules.load.read import RuleBook, parse
from daypass.rules.rule.people import ANYONE, NamedPeople
from daypass.store.database import Database
from daypass.store.ledger import SqlLedger
from daypass.store.logins import SqlLogins
from tests.hands import HandDirectory, enders, judge_by
from tests.makers import ANN, BOB, EVE, NOON, RULES, grant, request
from tests.tables import with_tables

DEPLOY = PrincipalId("bot:deploy")
OWNED_BY_BOB = replace(parse(RULES, name="rules.yaml"), owners=NamedPeople(people=frozenset({BOB})))


class World:
    """A ledger, a directory and rules that Bob owns."""

    def __init__(self, store: Database) -> None:
        """Lay them out."""
        self.store = store
        self.ledger = SqlLedger(store)
        self.logins = SqlLogins(store)
        self.directory = HandDirectory()
        self.rules: RuleBook = OWNED_BY_BOB

    @property
    def judge(self) -> Judge:
        """Who decides, by the rules of this moment."""
        return judge_by(lambda: self.rules, self.directory, self.ledger)

    def add(self, wanted: Wanted, by: PrincipalId = BOB) -> Added:
        """Add a robot at noon, in a house that trusts GitHub."""
        return add(
            wanted,
            by=by,
            judge=self.judge,
            trusts=lambda issuer: issuer == GITHUB,
            now=NOON,
        )

    def deploy(self, **more: object) -> str:
        """Add a robot called deploy, and keep its token."""
        token = self.add(Wanted(name="deploy", days=30, **more)).token  # type: ignore[arg-type]
        assert token is not None
        return token

    def identify(self, token: str, scope: LoginScope | None = None, *, days: int = 0) -> PrincipalId:
        """Ask who a token speaks for, some days after noon."""
        return identify(token, logins=self.logins, ledger=self.ledger, now=NOON + timedelta(days=days), scope=scope)

    def adopt(self, by: PrincipalId, days: int | None) -> Added:
        """Answer for deploy."""
        return adopt("deploy", by=by, days=days, judge=self.judge, now=NOON)

    def remove(self, by: PrincipalId = BOB, *, rules: bool = True) -> Bot:
        """Remove deploy, perhaps while the rules cannot be read."""
        return remove("deploy", by=by, enders=enders(self.judge, rules=rules), now=NOON)

    def rotate(self, days: int = 10, by: PrincipalId = BOB) -> str:
        """Give deploy a new token."""
        changed = rotate("deploy", by=by, days=days, judge=self.judge, now=NOON)
        assert changed.token is not None
        return changed.token


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Make one, on a fresh database."""
    store = with_tables(f"sqlite:///{tmp_path / 'daypass.db'}")
    yield World(store)
    store.close()


def everything_kept(store: Database, folder: Path) -> bytes:
    """Every byte the database has put down."""
    store.close()
    return b"".join(path.read_bytes() for path in folder.glob("daypass.db*"))


def test_a_robots_token_speaks_for_it(world: World):
    """What was handed over once is who the robot is."""
    token = world.deploy()

    assert world.identify(token) == DEPLOY
    assert world.identify(token, LoginScope.ASK) == DEPLOY


def test_a_token_is_one_that_scanners_find(world: World):
    """It begins with dpb_, names its robot, and carries 256 bits in hex."""
    start, name, drawn = world.deploy().split("_")

    assert (start, name) == ("dpb", "deploy")
    assert len(bytes.fromhex(drawn)) == 32


def test_no_token_is_kept(world: World, tmp_path: Path):
    """Neither in the ledger nor in the journal; its hash alone."""
    tokens = [world.deploy(), world.rotate()]
    kept = everything_kept(world.store, tmp_path)

    assert [token for token in tokens if token.split("_")[-1].encode() in kept] == []
    assert b"robot.added" in kept
    assert b"robot.changed" in kept


def test_the_one_who_adds_answers_for_it(world: World):
    """A robot is never nobody's."""
    assert world.add(Wanted(name="deploy", days=1)).robot.owner == BOB


@pytest.mark.parametrize("by", [ANN, EVE, DEPLOY])
def test_only_owners_of_the_rules_add(world: World, by: PrincipalId):
    """Neither somebody else nor a robot."""
    world.directory.people[DEPLOY] = Principal(id=DEPLOY, name="deploy")

    with pytest.raises(NotYours, match="owners of the rules"):
        world.add(Wanted(name="other", days=1), by)


def test_a_robot_is_no_owner_even_where_anybody_is(world: World):
    """Rules that anyone owns are owned by people."""
    world.directory.people[DEPLOY] = Principal(id=DEPLOY, name="deploy")
    world.rules = replace(OWNED_BY_BOB, owners=ANYONE)

    with pytest.raises(NotYours):
        world.add(Wanted(name="other", days=1), DEPLOY)


def test_somebody_who_left_owns_nothing(world: World):
    """A deactivated account adds no robot."""
    world.directory.change(BOB, active=False)

    with pytest.raises(NotYours):
        world.deploy()


def test_rules_without_owners_have_no_robots(world: World):
    """And the sentence says what to write."""
    world.rules = parse(RULES, name="rules.yaml")

    with pytest.raises(NotYours, match="owners:"):
        world.deploy()


def test_a_robot_never_decides(world: World):
    """The scope is refused when it is added, and at each call whatever is written of it."""
    with pytest.raises(BadInput, match="never decides"):
        world.deploy(scopes=frozenset(LoginScope))
    token = world.deploy()
    tampered = replace(world.ledger.find(Bot, DEPLOY), scopes=frozenset(LoginScope))
    assert tampered.revision == 1
    with pytest.raises(NotYours, match="never decides"):
        world.identify(token, LoginScope.DECIDE)


def test_a_robot_does_what_its_scopes_say(world: World):
    """One that may only read neither asks nor is handed anything."""
    token = world.deploy(scopes=frozenset({LoginScope.READ}))

    assert world.identify(token, LoginScope.READ) == DEPLOY
    with pytest.raises(NotYours, match="may not ask"):
        world.identify(token, LoginScope.ASK)


@pytest.mark.parametrize("days", [None, 0, -1, 367, 10_000])
def test_a_token_lives_a_year_at_most(world: World, days: int | None):
    """And it always ends."""
    with pytest.raises(BadInput, match="366"):
        world.add(Wanted(name="deploy", days=days))


def test_a_token_that_is_over_is_refused(world: World):
    """From the very second."""
    token = world.deploy()

    assert world.identify(token, days=29) == DEPLOY
    with pytest.raises(NotYours, match="is over"):
        world.identify(token, days=30)


def test_a_rotated_token_is_refused_at_once(world: World):
    """The new one is good, the old one is not."""
    old = world.deploy()
    new = world.rotate()

    assert world.identify(new) == DEPLOY
    with pytest.raises(NotYours):
        world.identify(old)


def test_only_owners_of_the_rules_rotate(world: World):
    """A token drawn by somebody else would make them the robot."""
    world.deploy()

    with pytest.raises(NotYours):
        world.rotate(by=ANN)


def test_another_owner_answers_for_a_robot(world: World):
    """Whoever answered before cannot speak for it any more."""
    world.rules = replace(OWNED_BY_BOB, owners=NamedPeople(people=frozenset({BOB, ANN})))
    old = world.deploy()
    adopted = world.adopt(ANN, 3)

    assert adopted.robot.owner == ANN
    assert adopted.token is not None
    assert world.identify(adopted.token) == DEPLOY
    with pytest.raises(NotYours):
        world.identify(old)
    with pytest.raises(BadInput, match="366"):
        world.adopt(ANN, None)


def test_what_an_adopted_robot_had_asked_is_not_decided_by_who_answered_for_it_then(world: World):
    """Bob may decide on its requests once it is Ann's; the one that he let it make is cancelled."""
    world.deploy()
    asked = request(requestor=DEPLOY)
    world.ledger.record(Fact(event=Event(kind=EntryKind.REQUEST_FILED, at=NOON, actor=DEPLOY), changes=(asked,)))
    world.rules = replace(OWNED_BY_BOB, owners=NamedPeople(people=frozenset({ANN})))
    world.adopt(ANN, 3)

    assert world.ledger.request(asked.id).state == "cancelled"


def test_a_robot_that_comes_with_its_own_token_is_adopted_without_one(world: World):
    """There is nothing to change."""
    world.add(github(repository="acme/deploy"))

    assert world.adopt(BOB, None).token is None
    with pytest.raises(BadInput, match="leave out the days"):
        world.adopt(BOB, 3)


@pytest.mark.parametrize("by", [ANN, EVE])
def test_only_owners_of_the_rules_adopt(world: World, by: PrincipalId):
    """It would be a way to have a robot's token."""
    world.deploy()

    with pytest.raises(NotYours):
        world.adopt(by, 3)


def test_a_removed_robot_is_refused_at_once(world: World):
    """And can neither be rotated nor come again under its name."""
    token = world.deploy()
    world.remove()

    with pytest.raises(NotYours):
        world.identify(token)
    with pytest.raises(TooLate):
        world.rotate()
    with pytest.raises(BadInput, match="given once"):
        world.deploy()


@pytest.mark.parametrize("removed", [False, True])
def test_what_a_robot_exchanged_its_token_for_ends_when_it_is_removed(world: World, removed: bool):
    """The login stands for minutes yet; the robot does not."""
    world.deploy()
    store(world, login_of_deploy(f"{WORKLOAD_PREFIX}x"))
    if not removed:
        assert world.identify(f"{WORKLOAD_PREFIX}x") == DEPLOY
        return
    world.remove()
    with pytest.raises(NotYours):
        world.identify(f"{WORKLOAD_PREFIX}x")


def test_a_robot_has_no_login_of_a_person(world: World):
    """Whatever is written in the house: such a login could decide."""
    world.deploy()
    store(world, login_of_deploy("a-persons"))
    with pytest.raises(NotYours):
        world.identify("a-persons", LoginScope.DECIDE)


def login_of_deploy(token: str) -> Login:
    """A login that says to be deploy's."""
    return Login(
        device_hash=digest(f"device {token}"),
        user_code="",
        client="a test",
        asked_at=NOON,
        expires_at=NOON + timedelta(minutes=15),
        principal=DEPLOY,
        token_hash=digest(token),
    )


def test_what_a_removed_robot_has_is_taken_away(world: World):
    """Its requests are cancelled and its grants end, also when a first removal was cut off half-way."""
    world.deploy()
    world.remove()
    asked = request(requestor=DEPLOY)
    held: Grant = replace(grant(GrantState.ACTIVE), principal=DEPLOY, id=asked.id)
    store(world, asked, held)

    world.remove()

    ended = world.ledger.grant(asked.id)
    assert ended.state is GrantState.ENDING
    assert ended.ending is not None
    assert ended.ending.why is Why.REVOKED
    assert world.ledger.request(asked.id).state == "cancelled"


def test_who_answers_for_a_robot_may_remove_it(world: World):
    """Also when they no longer own the rules, and when the rules cannot be read."""
    world.deploy()

    assert world.remove(BOB, rules=False).state == "closed"


@pytest.mark.parametrize("by", [ANN, EVE])
def test_nobody_else_removes_a_robot(world: World, by: PrincipalId):
    """Taking it away is a right too."""
    world.deploy()

    with pytest.raises(NotYours):
        world.remove(by)


def test_a_robot_that_is_not_there_is_not_found(world: World):
    """Rotating and removing say so."""
    with pytest.raises(NotFound):
        world.rotate()
    with pytest.raises(NotFound):
        world.remove()


@pytest.mark.parametrize("name", ["", "x", "Deploy", "de ploy", "bot:deploy", "-x", "x-", "a" * 41, "dé", "a\n"])
def test_a_name_is_a_plain_word(world: World, name: str):
    """It stands in ids, tokens and addresses."""
    with pytest.raises(BadInput, match="small letters"):
        world.add(Wanted(name=name, days=1))


@pytest.mark.parametrize(
    "token",
    ["dpb_", "dpb_deploy_", "dpb_deploy_zz", "dpb_deploy_" + "0" * 64, "dpb_other_" + "0" * 64, "dpb_../x_" + "0" * 64],
)
def test_a_guessed_token_is_nobodys(world: World, token: str):
    """Neither a wrong one of a robot that is, nor one of a robot that is not."""
    world.deploy()

    with pytest.raises(NotYours):
        world.identify(token)


def test_owners_see_every_robot_and_others_their_own(world: World):
    """What a robot's claims are is not for everybody."""
    world.deploy()
    bob, ann = world.directory.principal(BOB), world.directory.principal(ANN)

    assert [one.id for one in visible(bob, rules=OWNED_BY_BOB, ledger=world.ledger)] == [DEPLOY]
    assert [one.id for one in visible(bob, rules=None, ledger=world.ledger)] == [DEPLOY]
    assert visible(ann, rules=OWNED_BY_BOB, ledger=world.ledger) == []


def github(**claims: str) -> Wanted:
    """A robot that comes from GitHub Actions."""
    return Wanted(name="deploy", issuer=GITHUB, audience="daypass", claims=claims)


@pytest.mark.parametrize(
    "claims",
    [
        {"repository": "acme/deploy"},
        {"repository": "acme/deploy-*", "ref": "refs/heads/*"},
        {"repository_id": "4711", "environment": "production"},
        {"sub": "repo:acme/deploy:**"},
        {"sub": "repo:acme/deploy:environment:production"},
    ],
)
def test_a_robot_names_its_repository(world: World, claims: dict[str, str]):
    """What is not the repository may be as wide as it likes."""
    added = world.add(github(**claims))

    assert dict(added.robot.claims) == claims
    assert added.token is None


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"ref": "refs/heads/main"},
        {"repository": "*"},
        {"repository": "**"},
        {"repository": "acme/*"},
        {"repository": "*/deploy"},
        {"repository": "ac*/deploy"},
        {"repository": "acme/**"},
        {"sub": "**"},
        {"sub": "repo:**"},
        {"sub": "repo:acme/**"},
        {"sub": "repo:acme/*:ref:refs/heads/main"},
        {"sub": "repo:acme/deploy**"},
    ],
)
def test_a_robot_that_is_anybodys_is_refused(world: World, claims: dict[str, str]):
    """Everybody in the world can have a token of GitHub's."""
    with pytest.raises(BadInput, match="Write out who may come"):
        world.add(github(**claims))


@pytest.mark.parametrize(
    "claims",
    [{"aud": "x"}, {"iss": "x"}, {"exp": "1"}, {"": "x"}, *({"env": said} for said in ("", "a" * 301, "a\nb", "***"))],
)
def test_claims_that_cannot_be_are_refused(world: World, claims: dict[str, str]):
    """Each with a sentence."""
    with pytest.raises(BadInput) as caught:
        world.add(github(repository="acme/deploy", **claims))

    assert caught.value.field == "claims"


def test_an_issuer_is_one_that_the_operator_named(world: World):
    """Letter by letter; a look-alike is not it."""
    for issuer in ("https://token.actions.githubusercontent.com.evil.example", f"{GITHUB}/", "nonsense"):
        wanted = replace(github(repository="acme/deploy"), issuer=issuer)
        with pytest.raises(BadInput, match="DAYPASS_ROBOTS_ISSUERS"):
            world.add(wanted)


@pytest.mark.parametrize(
    "change",
    [{"audience": ""}, {"audience": "*"}, {"days": 3}, {"issuer": ""}, {"about": "a\nb"}, {"scopes": frozenset()}],
)
def test_a_robot_half_said_is_refused(world: World, change: dict[str, object]):
    """With one sentence that says which word."""
    with pytest.raises(BadInput):
        world.add(replace(github(repository="acme/deploy"), **change))  # type: ignore[arg-type]


def store(world: World, *values: object) -> None:
    """Put values into the ledger as they are."""
    event = Event(kind=EntryKind.REQUEST_FILED, at=NOON, actor=DEPLOY)
    world.ledger.record(Fact(event=event, changes=values))  # type: ignore[arg-type]


@pytest.mark.parametrize("verb", [lambda world: world.deploy(), lambda world: world.rotate()], ids=["add", "rotate"])
def test_an_owner_whose_group_slack_does_not_tell_now_is_not_refused(world: World, verb: Callable[[World], object]):
    """An outage is no refusal: it is to be tried again."""
    leads = SlackGroupId("S0LEADS")
    world.rules = replace(world.rules, owners=NamedPeople(slack_groups=frozenset({leads})))
    world.directory.change(BOB, unread=frozenset({leads}))

    with pytest.raises(Unavailable, match="does not say now who is in S0LEADS"):
        verb(world)
