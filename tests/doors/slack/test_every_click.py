"""
Every kind of click there is, delivered twice by a slow Slack, by HTTP and by socket; then all of it to another process.

A story in which each button and form is used once: whatever is delivered again, in this process or in one that knows
nothing of the first delivery, the journal has each thing once.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from daypass.doors.slack.socket import ReconnectLimits
from daypass.model.event import EntryKind
from daypass.model.grant import GrantId, GrantState
from daypass.model.preapproval import Preapproval
from daypass.model.request import Request, RequestState
from daypass.model.rule_change import ChangeState, RulesChange
from daypass.store.rules_file import RulesFile
from daypass.store.rules_in_force import RulesInForce
from localslack import BlockingSlack, Message
from tests.doors.slack.conftest import MANIFEST, Office, channels, office, people, until
from tests.doors.slack.ruled import pressed
from tests.doors.slack.test_misbehaving import about, connected

RULES = """\
version: 1
owners: {people: [U0ANN, U0BOB]}
rules:
  - id: reports
    who: {people: [U0ANN]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0BOB]}}
  - id: emergency
    who: {people: [U0ANN]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 30m, max: 2h}
    approve: at-once
    break_glass: {review: {people: [U0BOB]}, within: 1d}
"""
SHORT = ReconnectLimits(
    unconnected=timedelta(seconds=0.5), quiet=timedelta(minutes=10), look_every=timedelta(seconds=0.05)
)


@pytest.fixture(params=["http", "socket"])
def slack(request: pytest.FixtureRequest) -> Iterator[BlockingSlack]:
    """A slow Slack that delivers everything twice, by either of its two ways to an app."""
    with BlockingSlack(
        manifest=MANIFEST, socket_mode=request.param == "socket", people=people(), channels=channels(), retry_after=()
    ) as running:
        running.faults.deliver_twice = running.faults.deliver_events_twice = 100_000
        running.faults.slow_by = 0.05
        yield running


def opened(slack: BlockingSlack, folder: Path) -> Office:
    """Open a process over the database in a folder, which other processes may have open too."""
    by_socket = {"app_token": slack.app_token, "signing_secret": ""} if slack.inner.world.app.socket_mode else {}
    made = office(slack, folder, patience=SHORT, **by_socket)
    file = folder / "rules.yaml"
    file.write_text(RULES, encoding="utf-8")
    made.services = replace(made.services, judge=replace(made.judge, rules=RulesInForce(made.ledger, RulesFile(file))))
    return made.open()


@pytest.fixture
def daypass(slack: BlockingSlack, tmp_path: Path) -> Iterator[Office]:
    """Daypass, open, whose rules have owners and an emergency."""
    made = opened(slack, tmp_path)
    connected(made)
    yield made
    made.close()


class Story:
    """Ann asks and has, Bob decides; each method uses one button or form, and waits until the ledger shows it."""

    def __init__(self, daypass: Office) -> None:
        self.daypass, self.ledger = daypass, daypass.services.ledger
        self.ann, self.bob = daypass.person("U0ANN"), daypass.person("U0BOB")

    def asks_by_form(self) -> Request:
        """The shortcut and its form."""
        before = {one.id for one in self.ledger.requests()}
        self.ann.shortcut("request_access")
        form = self.ann.wait_for_modal("Request access")
        self.ann.submit(form, {"level": ["read"], "resource": "acme-reports/2026/", "length": "2h", "reason": "INC-42"})
        until(lambda: len(self.ledger.requests()) > len(before))
        return next(one for one in self.ledger.requests() if one.id not in before)

    def is_decided(self, request_id: GrantId, state: RequestState) -> None:
        """Wait for it."""
        until(lambda: self.ledger.request(request_id).state is state)

    def card(self, who: str, request_id: GrantId):
        """The message about a request."""
        person = self.daypass.person(who)
        until(lambda: about(person, request_id))
        return about(person, request_id)[0]

    def denies(self, request_id: GrantId) -> None:
        """Deny, and its form."""
        self.bob.click(self.card("U0BOB", request_id), "review.deny")
        self.bob.submit(self.bob.wait_for_modal("Deny"), {"reason": "not today"})
        self.is_decided(request_id, RequestState.DENIED)

    def approves_for_another_length(self, request_id: GrantId) -> None:
        """The picker's last choice, and its form."""
        self.bob.choose(self.card("U0BOB", request_id), "review.length", "custom")
        self.bob.submit(self.bob.wait_for_modal("Approve"), {"length": "90m"})
        self.is_decided(request_id, RequestState.APPROVED)
        self.daypass.work()

    def allows(self) -> None:
        """The command by which Bob approves in advance."""
        self.bob.command("/daypass", "allow s3 read acme-reports/2026/ --to U0ANN --for 1h --window 7d")
        until(lambda: self.ledger.all(Preapproval))

    def extends(self, grant_id: GrantId) -> None:
        """Extend, and its form; Bob approves with the button."""
        until(lambda: "*Live* until" in self.card("U0ANN", grant_id).visible_text)
        self.ann.click(self.card("U0ANN", grant_id), "mine.extend")
        self.ann.submit(self.ann.wait_for_modal("Extend"), {"length": "3h", "reason": "not finished"})
        until(lambda: any(one.extends == grant_id for one in self.ledger.requests()))
        more = next(one for one in self.ledger.requests() if one.extends == grant_id)
        self.bob.click(self.card("U0BOB", more.id), "review.approve")
        self.is_decided(more.id, RequestState.APPROVED)

    def is_done(self, grant_id: GrantId) -> None:
        """I'm done."""
        self.ann.click(self.card("U0ANN", grant_id), "mine.done")
        until(lambda: self.ledger.grant(grant_id).state is GrantState.ENDING)

    def cancels(self, request_id: GrantId) -> None:
        """Cancel the request."""
        self.ann.click(self.card("U0ANN", request_id), "mine.cancel")
        self.is_decided(request_id, RequestState.CANCELLED)

    def breaks_glass(self) -> GrantId:
        """By the command; Bob revokes it, and closes the review with its form."""
        urgent = self.daypass.ask('request s3 read acme-reports/2026/ --for 1h --reason "prod is down" --urgent').id
        alarm = self.bob.wait_for_message("Emergency access was used")
        self.bob.click(alarm, "glass.revoke")
        until(lambda: self.ledger.grant(urgent).state is not GrantState.APPROVED)
        self.daypass.work()
        self.bob.click(self.bob.wait_for_message("Emergency access was used"), "glass.review")
        self.bob.submit(self.bob.wait_for_modal("Review"), {"reason": "looked at all of it"})
        until(lambda: EntryKind.GLASS_REVIEWED in {event.kind for event in self.ledger.story(urgent)})
        return urgent

    def shown_rule(self, known: set[str]) -> list[Message]:
        """What Bob was shown of a rule since then: answers to earlier clicks may come in between."""
        return [one for one in self.bob.ephemerals() if one.ts not in known and "rules.edit" in str(one.blocks)]

    def proposes(self, longest: str) -> RulesChange:
        """The form of a rule, twice: what it would do, and to propose it."""
        before = {one.id for one in self.ledger.all(RulesChange)}
        known = {one.ts for one in self.bob.ephemerals()}
        self.bob.command("/daypass", "rules reports")
        until(lambda: self.shown_rule(known))
        self.bob.click(self.shown_rule(known)[-1], "rules.edit")
        seen = pressed(self.bob, self.bob.wait_for_modal("Change a rule"), {"longest": longest})
        self.bob.submit(seen)
        until(lambda: {one.id for one in self.ledger.all(RulesChange)} - before)
        return next(one for one in self.ledger.all(RulesChange) if one.id not in before)

    def owners_decide(self, change: RulesChange, action: str, state: ChangeState) -> None:
        """Ann's buttons under a change of the rules."""
        until(lambda: [one for one in self.ann.messages() if change.id in one.visible_text])
        card = next(one for one in self.ann.messages() if change.id in one.visible_text)
        self.ann.click(card, action)
        if action == "rules.deny":
            self.ann.submit(self.ann.wait_for_modal("Deny"), {"reason": "too long"})
        until(lambda: self.ledger.find(RulesChange, change.id).state is state)


def journal(daypass: Office) -> Counter[str]:
    """How often each kind of thing stands in the journal, but for what was refused."""
    with daypass.services.outbox._database.reading() as connection:  # type: ignore[attr-defined]
        entries = connection.exec_driver_sql("SELECT entry FROM journal").scalars().all()
    kinds = [json.loads(entry)["kind"] for entry in entries]
    return Counter(kind for kind in kinds if not kind.endswith(".refused"))


def test_every_kind_of_click_counts_once(daypass: Office, slack: BlockingSlack, tmp_path: Path):
    """The whole story with every delivery doubled, and every delivery once more to a process that saw none of it."""
    story = Story(daypass)
    story.denies(story.asks_by_form().id)
    live = story.asks_by_form().id
    story.approves_for_another_length(live)
    story.extends(live)
    story.is_done(live)
    story.cancels(story.asks_by_form().id)
    story.breaks_glass()
    story.owners_decide(story.proposes("9h"), "rules.deny", ChangeState.DENIED)
    story.owners_decide(story.proposes("10h"), "rules.approve", ChangeState.APPLIED)
    story.allows()
    pending = story.proposes("11h")

    once = journal(daypass)
    assert once[EntryKind.REQUEST_FILED] == 5
    assert once[EntryKind.REQUEST_APPROVED] == 3
    assert once[EntryKind.REQUEST_DENIED] == once[EntryKind.REQUEST_CANCELLED] == once[EntryKind.GLASS_REVIEWED] == 1
    assert once[EntryKind.RULES_PROPOSED] == 3
    assert once[EntryKind.PERMIT_GIVEN] == 1
    assert once[EntryKind.RULES_DENIED] == 1
    assert once[EntryKind.RULES_CHANGED] == 2, "what the file said, and the change that was approved"
    if not slack.inner.world.app.socket_mode:
        slack.faults.clear()
        told = [one for one in slack.deliveries if one.kind in {"block_actions", "view_submission", "command"}]
        other = opened(slack, tmp_path)
        for delivery in told:
            slack.replay(delivery)
        other.thread.run(other.door._turns.drain(within=20))
        other.close()

        assert journal(daypass) == once
        assert [one.id for one in daypass.services.ledger.all(RulesChange, states=(ChangeState.PENDING,))] == [
            pending.id
        ]
