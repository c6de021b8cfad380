"""Panic, freezes and lifting them from Slack, and what the owners of the rules read of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from daypass.doors.slack.texts.freezes import news
from daypass.lifecycle.freezes.freeze import Halt, freeze, lift
from daypass.lifecycle.freezes.gate import freezes, freezes_now, must_not_be_frozen
from daypass.lifecycle.freezes.panic import panic, panic_as_operator
from daypass.lifecycle.known_people import remember
from daypass.model.bot import Bot
from daypass.model.errors import NotAllowed, RulesUnreadable
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.freeze import Extent, Freeze
from daypass.model.grant import GrantId, GrantState
from daypass.model.principal import OPERATOR, PrincipalId
from daypass.rules.load.read import RuleBook, parse
from localslack import BlockingActor
from tests.doors.slack.conftest import CAROL, Office, review, until
from tests.makers import ANN, BOB, NOON, RULES

OWNED = RULES.replace("version: 1\n", "version: 1\nowners: {people: [U0BOB, U0CAROL]}\n")
ID = "abcdefgh2345"
LIFT = f"until two owners lift it: `/daypass lift {ID}`."
OPEN = "Nothing is frozen: a rule that approves at once can give it back."


class Unreadable(list[RuleBook]):
    """Rules that cannot be read."""

    def __getitem__(self, at: object) -> Any:
        """Say so."""
        raise RulesUnreadable(())


@pytest.fixture
def owned(daypass: Office) -> Office:
    """Bob and Carol own the rules."""
    daypass.rules.append(parse(OWNED, name="rules.yaml"))
    return daypass


def test_a_panic_ends_nothing_before_its_button_is_pressed_and_then_everything(
    owned: Office, bob: BlockingActor, carol: BlockingActor
):
    """Of whoever was picked from Slack's list, with the reason as it was written; and the button is gone afterwards."""
    request = owned.ask()
    bob.click(review(bob), "review.approve")
    bob.wait_for_change(review(bob), "Approved")
    bob.command("/daypass", 'panic --person @ann --reason "stolen & <gone>"')
    asks = bob.wait_for_ephemeral("*Nothing has ended yet.*")
    assert owned.grant(request.id).state is GrantState.APPROVED
    assert freezes(owned.ledger) == ()

    bob.click(asks, "panic.confirm")
    told = bob.wait_for_ephemeral("Ended: 1 grant.")
    (made,) = freezes(owned.ledger)

    assert owned.grant(request.id).state is GrantState.ENDING
    assert (made.extent.person, made.by, made.reason) == ("U0ANN", BOB, "stolen & <gone>")
    assert f"`{made.id}`: <@U0ANN> is frozen, by <@U0BOB> (stolen &amp; &lt;gone&gt;)" in told.text
    confirmed = bob.wait_for_ephemeral("You ended everything that you may end of <@U0ANN>.")
    assert "actions" not in {block["type"] for block in confirmed.blocks}
    assert "Ended: 1 grant" in carol.wait_for_message("*Panic* by <@U0BOB>").text


def test_each_owner_reads_of_a_panic_in_one_message(owned: Office, carol: BlockingActor):
    """What it froze and what it ended; the next panic of what is frozen already is a message of its own."""
    said: list[str] = []
    for minutes, reason in enumerate(("stolen", "again")):
        panic_as_operator(
            Halt(extent=Extent(person=ANN), by=OPERATOR, reason=reason, os_user="root"),
            hold=True,
            ledger=owned.ledger,
            logins=owned.logins,
            now=NOON + timedelta(minutes=minutes),
        )
        said.append(carol.wait_for_message(f"*Panic* by the operator for <@U0ANN> ({reason})").text)

    assert [one.text for one in carol.messages()] == said
    assert all("It is frozen until two owners lift it" in one for one in said)


def test_a_freeze_is_lifted_by_two_owners_and_each_owner_reads_of_every_step(
    owned: Office, ann: BlockingActor, bob: BlockingActor, carol: BlockingActor
):
    """Ann, who owns nothing, neither freezes nor lifts, and reads nothing of it."""
    ann.command("/daypass", "freeze --all")
    ann.wait_for_ephemeral("Only the owners of the rules freeze")
    bob.command("/daypass", "freeze --resource acme-reports/2026/ --reason audit")
    asks = bob.wait_for_ephemeral("*Nothing is frozen yet.*")
    assert freezes(owned.ledger) == ()
    bob.click(asks, "freeze.confirm")
    bob.wait_for_ephemeral("`acme-reports/2026/` is frozen, by <@U0BOB> (audit)")
    (made,) = freezes(owned.ledger)
    assert f"`/daypass lift {made.id}`" in carol.wait_for_message("*Frozen* by <@U0BOB>").text
    ann.command("/daypass", f"lift {made.id}")
    ann.wait_for_ephemeral("owners of the rules")

    carol.command("/daypass", f"lift {made.id}")
    carol.wait_for_ephemeral("<@U0CAROL> has agreed to lift it; a second owner has to.")
    bob.wait_for_message("<@U0CAROL> agrees to lift the freeze of `acme-reports/2026/`")
    bob.command("/daypass", f"lift {made.id}")
    bob.wait_for_ephemeral("is lifted")
    carol.wait_for_message("*Lifted* by <@U0CAROL> and <@U0BOB>")
    carol.command("/daypass", "freeze")
    carol.wait_for_ephemeral("Nothing is frozen.")

    assert ann.messages() == []


def test_whoever_is_frozen_is_told_so_in_the_second_person_by_whom_and_whom_to_ask(
    owned: Office, ann: BlockingActor, bob: BlockingActor
):
    """At once, when they ask, and in their list; never why, and no command that is not theirs; and when it is over."""
    made = freeze(Extent(person=ANN), by=BOB, reason="we suspect her", enders=owned.services.enders, now=owned.clock())
    told = "You are frozen, by <@U0BOB>: you get nothing new until two owners of the rules lift that. Ask <@U0BOB>"
    read = [ann.wait_for_message(told).text]
    ann.command("/daypass", "request s3 read acme-reports/2026/ --for 2h --reason INC-42")
    read.append(ann.wait_for_ephemeral(told).text)
    ann.command("/daypass", "ls")
    read.append(ann.wait_for_ephemeral("*You are frozen").text)
    assert not [one for one in read if "suspect" in one or "lift " + made.id in one or ANN in one]

    for owner in ("U0BOB", "U0CAROL"):
        owned.person(owner).command("/daypass", f"lift {made.id}")
        owned.person(owner).wait_for_ephemeral("lift")
    ann.wait_for_message("You are not frozen any more: <@U0BOB> and <@U0CAROL> lifted it.")


def test_what_is_frozen_for_another_reader_is_said_of_the_one_whom_it_is_about(owned: Office):
    """Only who is frozen is spoken to; whoever froze themselves is told that they did."""
    said: list[str] = []
    for by, reader in ((BOB, CAROL), (BOB, ANN), (ANN, ANN), (OPERATOR, ANN)):
        to = Freeze(id=GrantId(ID), extent=Extent(person=ANN), by=by, at=NOON)
        row = freezes_now(owned.ledger)
        event = Event(kind=EntryKind.FREEZE_SET, at=NOON, actor=by)
        owned.ledger.record(Fact(event=event, changes=(replace(row, standing=(to,)),), told=False))
        with pytest.raises(NotAllowed) as refused:
            must_not_be_frozen([ANN], None, owned.ledger, reader=reader)
        said.append(refused.value.sentence.partition(":")[0])

    assert said == [
        "U0ANN is frozen",
        "You are frozen, by U0BOB",
        "You have frozen yourself",
        "You are frozen, by the operator",
    ]


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [
        (
            EntryKind.FREEZE_SET,
            {"what": "all", "about": "everything", "freeze": ID, "reason": "", "ends": True},
            f"*Frozen* by the operator: everything. What there is of it is being ended. Nothing new is given {LIFT}",
        ),
        (
            EntryKind.PANIC_DONE,
            {"what": "person", "about": "bot:deploy", "freeze": ID, "reason": "<!a>", "grants": 1203, "logins": 1},
            f"*Panic* by the operator for `bot:deploy` (&lt;!a&gt;). Ended: 1203 grants, 1 login. It is frozen {LIFT}",
        ),
        (
            EntryKind.PANIC_DONE,
            {"what": "resource", "about": "everything", "reason": ""},
            f"*Panic* by the operator for `everything`. There was nothing to end. {OPEN}",
        ),
        (
            EntryKind.FREEZE_LIFTED,
            {"what": "person", "about": "U0ANN", "freeze": ID, "os_user": "root"},
            "*Lifted* by the operator: <@U0ANN> is not frozen any more, and the rules decide again.",
        ),
    ],
)
def test_the_owners_read_who_did_what_and_how_it_is_lifted(kind: EntryKind, details: dict[str, Detail], said: str):
    """A bucket that is called `everything` is not everything, and a reason calls no channel."""
    assert news(Event(kind=kind, at=NOON, actor=OPERATOR, details=details)) == said


def test_while_the_rules_cannot_be_read_those_whom_they_last_named_are_told(
    owned: Office, bob: BlockingActor, carol: BlockingActor
):
    """Bob still freezes, and Carol reads of it: who owned them last is in the ledger."""
    remember(judge=owned.judge, now=owned.clock())
    owned.rules = Unreadable()
    bob.command("/daypass", "panic --all --no-freeze")
    bob.click(bob.wait_for_ephemeral("It is not frozen"), "panic.confirm")

    assert "There was nothing to end. Nothing is frozen" in carol.wait_for_message("*Panic*").text


def test_both_who_froze_somebody_are_named(owned: Office, ann: BlockingActor, bob: BlockingActor):
    """A freeze of Bob's and then a panic of Carol's: each reader is told of both."""
    freeze(Extent(person=ANN), by=BOB, reason="", enders=owned.services.enders, now=owned.clock())
    halt = Halt(extent=Extent(person=ANN), by=CAROL, reason="stolen")
    panic(halt, enders=owned.services.enders, logins=owned.logins, now=owned.clock())

    bob.command("/daypass", "freeze")
    assert "is frozen, by <@U0CAROL> and <@U0BOB> (stolen)" in bob.wait_for_ephemeral("<@U0ANN>").text
    ann.command("/daypass", "ls")
    assert "You are frozen, by <@U0CAROL> and <@U0BOB>" in ann.wait_for_ephemeral("You are frozen").text


def test_who_answers_for_a_bot_is_told_that_it_is_frozen_and_not_any_more(owned: Office, ann: BlockingActor):
    """By whom, and whom to ask; the owner of another bot is told nothing."""
    bot = PrincipalId("bot:deploy")
    robot = Bot(id=bot, owner=ANN, at=owned.clock())
    event = Event(kind=EntryKind.ROBOT_ADDED, at=owned.clock(), actor=ANN, details={"robot": bot})
    owned.ledger.record(Fact(event=event, changes=(robot,), told=False))
    made = freeze(Extent(person=bot), by=BOB, reason="", enders=owned.services.enders, now=owned.clock())

    told = ann.wait_for_message("Your bot `bot:deploy` is frozen, by <@U0BOB>: it gets nothing new until two owners")
    assert "Ask one of them." in told.text
    for one in (BOB, CAROL):
        lift(made.id, by=one, judge=owned.services.judge, now=owned.clock())
    ann.wait_for_message("Your bot `bot:deploy` is not frozen any more: <@U0BOB> and <@U0CAROL> lifted it.")


def test_an_altered_row_of_a_bot_keeps_word_of_its_freeze_from_nobody(owned: Office, carol: BlockingActor):
    """The other owners are told; who answers for the bot is not known while its row is not believed."""
    bot = PrincipalId("bot:deploy")
    event = Event(kind=EntryKind.ROBOT_ADDED, at=owned.clock(), actor=ANN, details={"robot": bot})
    owned.ledger.record(Fact(event=event, changes=(Bot(id=bot, owner=ANN, at=owned.clock()),), told=False))
    with owned.database.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE records SET body = replace(body, 'U0ANN', 'U0EVE') WHERE id = 'robot/bot:deploy'"
        )
    freeze(Extent(person=bot), by=BOB, reason="", enders=owned.services.enders, now=owned.clock())

    assert "bot:deploy" in carol.wait_for_message("Frozen").text
    until(lambda: not owned.outbox.claim(now=owned.clock() + timedelta(days=1), hold=timedelta(0), limit=1))
