"""The rules read, changed and decided on in Slack."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from daypass.lifecycle.freezes.freeze import Halt
from daypass.lifecycle.freezes.panic import panic_as_operator
from daypass.lifecycle.rule_changes.propose import Proposal, propose
from daypass.lifecycle.rule_changes.versions import kept
from daypass.model.freeze import Extent
from daypass.model.principal import OPERATOR, PrincipalId
from daypass.model.rule_change import ChangeState, RulesChange
from daypass.rules.load.read import parse
from localslack import BlockingActor, BlockingSlack, View
from tests.doors.slack.conftest import Office
from tests.doors.slack.ruled import OWNED, pressed, ruled


@pytest.fixture
def house(slack: BlockingSlack, tmp_path: Path) -> Iterator[Office]:
    """Daypass with owned rules, asking by direct message."""
    with ruled(slack, tmp_path) as made:
        yield made


def changes(house: Office) -> list[RulesChange]:
    """Every change that was proposed."""
    return house.services.ledger.all(RulesChange)


def in_force(house: Office) -> str:
    """The text that counts."""
    return kept(house.services.rules).version(house.services.clock()).text


def opened(person: BlockingActor, action: str = "rules.edit", rule: str = "reports") -> View:
    """Open a form from the list of rules."""
    person.command("/daypass", "rules")
    listed = person.wait_for_ephemeral("Version 1")
    new = action.startswith("rules.new")
    person.click(listed, action, block_id="rules:new" if new else f"rule:{rule}")
    return person.wait_for_modal("New " if new else "Change a rule")


def proposed(house: Office, by: BlockingActor, values: dict[str, object]) -> RulesChange:
    """Change the reports' rule: look, then propose."""
    seen = pressed(by, opened(by), values)
    by.submit(seen)
    return by.wait_until(lambda: next(iter(changes(house)), None))


def text(view: View) -> str:
    """Everything in a view."""
    return str(view.blocks)


def test_everybody_reads_the_rules_in_sentences(house: Office, slack: BlockingSlack):
    """With names for ids, who owns them and which version; who owns nothing has no buttons and reads why."""
    eve = slack.person("U0EVE")
    eve.command("/daypass", "rules")
    told = eve.wait_for_ephemeral("Version 1")

    assert "U0Eve may list and read acme-reports/**" in told.visible_text
    assert "from the rules file" in told.visible_text
    assert "Only their owners change them" in told.visible_text
    assert "rules.edit" not in str(told.blocks)
    assert "<@U0" not in str(told.blocks)
    assert " S0" not in str(told.blocks), "a group is named, which rings nobody in what one person alone reads"


def test_every_rule_is_shown_however_many_they_are(slack: BlockingSlack, tmp_path: Path, ann: BlockingActor):
    """Twenty at a time, each with its buttons, and a button for the next ones."""
    term = "{{default: 1h, max: 2h}}"
    rule = f"  - {{{{id: rule-{{0}}, who: anyone, may: [read], on: [acme-{{0}}], for: {term}, approve: at-once}}}}\n"
    with ruled(slack, tmp_path, OWNED + "".join(rule.format(number) for number in range(43))):
        ann.command("/daypass", "rules")
        first = ann.wait_for_ephemeral("Version 1")
        ann.click(first, "rules.more", block_id="rules:more")
        second = ann.wait_for_ephemeral("rule-37`")
        ann.click(second, "rules.more", block_id="rules:more")
        last = ann.wait_for_ephemeral("rule-42`")

    shown = [block["block_id"] for one in (first, second, last) for block in one.blocks if "block_id" in block]
    assert [one for one in shown if one.startswith("rule:")] == [
        *("rule:reports", "rule:no-payroll"),
        *(f"rule:rule-{number}" for number in range(43)),
    ]
    assert "rules.more" not in str(last.blocks)


def test_one_rule_is_shown_alone(house: Office, ann: BlockingActor):
    """By its name; a name that is no rule's is said to be none."""
    ann.command("/daypass", "rules no-payroll")
    assert "acme-reports" not in ann.wait_for_ephemeral("acme-payroll").visible_text
    ann.command("/daypass", "rules nothing")

    ann.wait_for_ephemeral("There is no rule")


def test_the_effect_is_shown_before_anything_is_proposed(house: Office, ann: BlockingActor):
    """Who gains is named, and nothing is filed by looking."""
    came = pressed(ann, opened(ann), {"who_people": ["U0EVE", "U0ANN"], "longest": "12h"})

    assert "person gains" in text(came) or "people gain" in text(came)
    fields = [number for number, block in enumerate(came.blocks) if block["type"] == "input"]
    assert not any("gain" in str(block) for block in came.blocks[: fields[-3]]), "out of sight, two screens up"
    assert "gain" in str(came.blocks[fields[-3] + 1 : fields[-3] + 3]), "above the last two fields, beside the button"
    assert "U0Ann would gain:" in text(came)
    assert came.submit is not None
    assert came.submit["text"] == "Propose"
    assert changes(house) == []


def test_only_the_lines_of_what_was_changed_are_different(house: Office, ann: BlockingActor):
    """Comments, conditions and other rules stay letter for letter."""
    change = proposed(house, ann, {"longest": "12h", "note": "Longer nights."})

    assert change.text == OWNED.replace("max: 8h", "max: 12h")
    assert change.note == "Longer nights."
    assert change.author == "U0ANN"


def test_a_proposal_that_a_panic_ended_has_no_buttons_left_and_its_author_is_told(
    house: Office, ann: BlockingActor, bob: BlockingActor
):
    """The message in which the owners were asked follows it to its end."""
    change = proposed(house, ann, {"longest": "12h"})
    card = bob.wait_for_message("proposes to change the rules")
    panic_as_operator(
        Halt(extent=Extent(person=change.author), by=OPERATOR, reason="stolen", os_user="root"),
        hold=False,
        ledger=house.ledger,
        logins=house.logins,
        now=house.clock(),
    )

    ended = bob.wait_for_change(card, "*Withdrawn*: nobody decides on it any more.")
    assert "rules.approve" not in str(ended.blocks)
    ann.wait_for_message("of the rules was ended by the operator. Panic: stolen")


def test_another_owner_puts_it_in_force_and_the_author_is_told(house: Office, ann: BlockingActor, bob: BlockingActor):
    """Bob reads both sentences and clicks; Ann hears of it."""
    proposed(house, ann, {"longest": "12h"})
    card = bob.wait_for_message("proposes to change the rules")
    assert "8 hours" in card.visible_text
    assert "12 hours" in card.visible_text
    bob.click(card, "rules.approve")

    bob.wait_for_change(card, "Approved* by")
    ann.wait_for_message("Approved* by")
    assert "max: 12h" in in_force(house)


def test_who_agrees_reads_that_other_people_would_own_the_rules(house: Office, bob: BlockingActor):
    """Also when nothing else is changed and nobody gains or loses anything by it."""
    proposal = Proposal(text=OWNED.replace("U0CAROL]", "U0EVE]"), base=1)
    propose(proposal, by=PrincipalId("U0ANN"), judge=house.services.judge, now=house.services.clock())
    card = bob.wait_for_message("proposes to change the rules").visible_text

    assert "May change these rules now: U0Eve." in card
    assert "May change these rules no longer: Carol." in card


def test_each_other_owner_is_asked_directly_beside_the_channel(
    slack: BlockingSlack, tmp_path: Path, ann: BlockingActor, bob: BlockingActor, carol: BlockingActor
):
    """A direct message rings; it says who may decide, and follows the decision as the one in the channel does."""
    with ruled(slack, tmp_path, approvals_channel="C0ACCESS") as house:
        proposed(house, ann, {"longest": "12h"})
        public = carol.wait_for_message("proposes to change the rules", channel="C0ACCESS")
        bobs, carols = (one.wait_for_message("proposes to change the rules") for one in (bob, carol))
        bob.click(bobs, "rules.approve")
        carol.wait_for_change(carols, "Approved* by")
        carol.wait_for_change(public, "Approved* by")

        who = "One of the owners of the rules decides, who is not its author: U0Bob, Carol."
        assert who in public.visible_text
        assert who in carols.visible_text
        assert not [one for one in ann.messages() if "rules.approve" in str(one.blocks)]


def test_the_authors_own_click_is_refused(slack: BlockingSlack, tmp_path: Path, ann: BlockingActor):
    """In a channel the author sees the buttons too; theirs does nothing but a sentence."""
    with ruled(slack, tmp_path, approvals_channel="C0ACCESS") as house:
        proposed(house, ann, {"longest": "12h"})
        card = ann.wait_for_message("proposes to change the rules", channel="C0ACCESS")
        ann.click(card, "rules.approve")

        ann.wait_for_ephemeral("Nobody decides on their own change")
        assert changes(house)[0].state is ChangeState.PENDING
        assert in_force(house) == OWNED


def test_a_denial_carries_its_reason_to_the_author(house: Office, ann: BlockingActor, bob: BlockingActor):
    """The form asks why, and Ann reads it."""
    proposed(house, ann, {"longest": "12h"})
    card = bob.wait_for_message("proposes to change the rules")
    bob.click(card, "rules.deny")
    assert bob.submit(bob.wait_for_modal("Deny"), {"reason": "Too <long>."}).closed

    assert "Too &lt;long&gt;." in ann.wait_for_message("Denied").visible_text
    bob.wait_for_change(card, "Denied* by")
    assert changes(house)[0].state is ChangeState.DENIED


def test_a_change_of_an_older_version_is_said_to_be_overtaken(house: Office, ann: BlockingActor, bob: BlockingActor):
    """Ann's form was open while Bob's change came into force; nothing is filed."""
    ours = opened(ann)
    proposed(house, bob, {"longest": "2h"})
    ann.click(ann.wait_for_message("proposes to change the rules"), "rules.approve")
    bob.wait_for_message("Approved* by")
    came = pressed(ann, ours, {"longest": "12h"})

    assert "Version 2 came meanwhile" in text(came)
    assert len(changes(house)) == 1


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"longest": "soon"}, "longest", "is not a length of time"),
        ({"default": "10h"}, "longest", "swap them"),
        ({"id": "The Reports"}, "id", "cannot be a rule's id"),
        ({"on": "s3://acme"}, "on", ""),
        ({"who_groups": "nobody-knows"}, "who_people", "There is no group"),
        ({"approve_groups": "", "approve_people": []}, "approve_people", "names nobody"),
    ],
)
def test_a_fault_stands_beside_its_field(
    house: Office, ann: BlockingActor, values: dict[str, object], field: str, sentence: str
):
    """In the words of the rules, and nothing is shown or filed."""
    came = ann.submit(opened(ann), values)

    assert sentence in came.errors[field]
    assert changes(house) == []


def test_what_was_changed_after_looking_is_looked_at_again(house: Office, ann: BlockingActor):
    """Proposed is what was seen, never more."""
    seen = pressed(ann, opened(ann), {"longest": "12h"})
    again = pressed(ann, seen, {"longest": "24h"})

    assert "You changed something after you looked" in text(again)
    assert changes(house) == []


def test_a_rule_is_paused_with_its_effect(house: Office, ann: BlockingActor):
    """One click shows what it would do; the next proposes."""
    form = opened(ann, "rules.pause")
    assert "is paused" in text(form)
    ann.submit(form)
    change = ann.wait_until(lambda: next(iter(changes(house)), None))

    assert change.text == OWNED.replace(
        "[U0BOB], slack_groups: [S0LEADS]}}\n", "[U0BOB], slack_groups: [S0LEADS]}}\n    paused: true\n"
    )


def test_a_rule_is_changed_as_text(house: Office, ann: BlockingActor):
    """What no field holds: its conditions."""
    form = opened(ann, "rules.text")
    shown = next(block for block in form.blocks if block["block_id"] == "text")["element"]["initial_value"]
    seen = pressed(ann, form, {"text": shown.replace("mon, ", "")})
    ann.submit(seen)
    change = ann.wait_until(lambda: next(iter(changes(house)), None))

    assert change.text == OWNED.replace("mon, ", "")


def test_text_that_is_no_rule_is_refused_beside_it(house: Office, ann: BlockingActor):
    """The sentence says which line."""
    came = ann.submit(opened(ann, "rules.text"), {"text": "id: ["})

    assert "Line 1" in came.errors["text"]


def test_a_new_rule_is_added(house: Office, ann: BlockingActor):
    """Its fields become a rule after the others; a group that was pasted as Slack mentions it is its id."""
    values = {
        "id": "drafts",
        "who_anyone": ["anyone"],
        "may": ["read"],
        "on": "acme-drafts/**",
        "default": "1h",
        "longest": "2h",
        "approve_people": ["U0BOB"],
        "approve_groups": "<!subteam^S0LEADS|@leads>",
        "note": "For the interns.",
    }
    seen = pressed(ann, opened(ann, "rules.new.rule"), values)
    ann.submit(seen)
    change = ann.wait_until(lambda: next(iter(changes(house)), None))

    assert change.text.startswith(OWNED)
    assert change.text.endswith(
        '  - id: drafts\n    who: anyone\n    may: [read]\n    on: ["acme-drafts/**"]\n'
        "    for: {default: 1h, max: 2h}\n    approve: {anyone_of: {people: [U0BOB], slack_groups: [S0LEADS]}}\n"
    )


def test_a_new_denial_is_added(house: Office, ann: BlockingActor):
    """Of everything, unless less is ticked."""
    form = opened(ann, "rules.new.denial")
    assert "beats every rule that lends" in text(form)
    seen = pressed(
        ann, form, {"id": "no-drafts", "who_anyone": ["anyone"], "on": "acme-drafts/**", "because": "They are drafts."}
    )
    ann.submit(seen)
    change = ann.wait_until(lambda: next(iter(changes(house)), None))

    assert change.text == OWNED + (
        "\n  - id: no-drafts\n    deny: true\n"
        '    because: "They are drafts."\n    who: anyone\n'
        '    on: ["acme-drafts/**"]\n'
    )


def test_a_denial_of_some_levels_has_those_of_its_kind(house: Office, ann: BlockingActor):
    """What was left ticked of another kind is not written."""
    form = opened(ann, "rules.new.denial")
    values = {"id": "no-drafts", "who_anyone": ["anyone"], "on": "acme-drafts/**", "because": "They are drafts."}
    ann.submit(pressed(ann, form, values | {"may": ["delete", "assume"]}))
    change = ann.wait_until(lambda: next(iter(changes(house)), None))

    assert '    may: [delete]\n    on: ["acme-drafts/**"]\n' in change.text


def test_a_new_rule_is_added_as_text(house: Office, ann: BlockingActor):
    """With conditions, which no field holds; the example in the form says how."""
    form = opened(ann, "rules.new.text")
    shown = next(block for block in form.blocks if block["block_id"] == "text")["element"]["initial_value"]
    seen = pressed(ann, form, {"text": shown.replace("S0...", "S0LEADS").replace("acme-...", "acme-drafts")})
    ann.submit(seen)
    change = ann.wait_until(lambda: next(iter(changes(house)), None))

    [drafts] = [rule for rule in parse(change.text, name="rules").rules if rule.id == "new-rule"]
    assert drafts.when is not None
    assert change.text.startswith(OWNED)


@pytest.mark.parametrize("one", ["bot:nightly", "U0GHOST"])
def test_whom_slack_cannot_show_stays_in_the_rule(slack: BlockingSlack, tmp_path: Path, ann: BlockingActor, one: str):
    """A robot, and somebody who is gone, cannot be picked in Slack: they are typed, and stay until they are erased."""
    owned = OWNED.replace("who: {people: [U0EVE]}", f'who: {{people: ["{one}", U0EVE]}}')
    with ruled(slack, tmp_path, owned) as house:
        form = opened(ann)
        people = next(block for block in form.blocks if block["block_id"] == "who_people")
        groups = next(block for block in form.blocks if block["block_id"] == "who_groups")
        ann.submit(pressed(ann, form, {"longest": "12h"}))
        change = ann.wait_until(lambda: next(iter(changes(house)), None))

        assert (people["element"]["initial_users"], groups["element"]["initial_value"]) == (["U0EVE"], one)
        assert change.text == owned.replace("max: 8h", "max: 12h")


def test_who_owns_nothing_cannot_open_the_form(house: Office, slack: BlockingSlack, ann: BlockingActor):
    """A button that was passed on does not help."""
    ann.command("/daypass", "rules")
    listed = ann.wait_for_ephemeral("Version 1")
    eve = slack.person("U0EVE")
    with pytest.raises(Exception):  # noqa: B017, PT011 - this Slack lets nobody click what they do not see
        eve.click(listed, "rules.edit", block_id="rule:reports")
    eve.command("/daypass", "rules changes")

    assert "Only their owners change them" in eve.wait_for_ephemeral("read the rules").visible_text


def test_a_watched_change_lists_what_it_would_have_decided(house: Office, ann: BlockingActor, bob: BlockingActor):
    """Eve's ask for four hours is allowed now and would not have been."""
    proposed(house, ann, {"longest": "2h", "shadow": "7d", "who_people": ["U0BOB"]})
    card = bob.wait_for_message("proposes to change the rules")
    bob.click(card, "rules.differences")

    assert "nothing differently so far" in bob.wait_for_ephemeral("differently").visible_text


def test_changes_that_wait_are_listed_with_what_is_ones_own_to_do(
    house: Office, ann: BlockingActor, bob: BlockingActor
):
    """The author may withdraw; another owner may decide."""
    proposed(house, ann, {"longest": "12h"})
    bob.command("/daypass", "rules changes")
    assert "rules.approve" in str(bob.wait_for_ephemeral("proposes to change").blocks)
    ann.command("/daypass", "rules changes")
    mine = ann.wait_for_ephemeral("proposes to change")
    assert "rules.approve" not in str(mine.blocks)
    ann.click(mine, "rules.withdraw")

    ann.wait_for_ephemeral("Withdrawn")
    assert changes(house)[0].state is ChangeState.WITHDRAWN


def test_the_home_tab_of_another_owner_has_the_change_and_shows_what_it_would_do(house: Office, ann: BlockingActor):
    """Whose and why, and a button for the effect and the decision; its author has nothing to decide."""
    seen = pressed(ann, opened(ann), {"longest": "12h", "note": "Eight hours are too short"})
    ann.submit(seen)
    ann.wait_until(lambda: changes(house) or None)
    carol = house.person("U0CAROL")
    ann.open_home()
    assert "Changes of the rules" not in str(ann.wait_for_home("Request access").blocks)
    carol.open_home()
    home = carol.wait_for_home("Changes of the rules")
    assert "“Eight hours are too short”" in str(home.blocks)
    carol.click(home, "rules.show")
    shown = carol.wait_for_modal("Daypass")
    assert "gain" in text(shown)
    carol.click(shown, "rules.approve")
    carol.wait_until(lambda: in_force(house) != OWNED or None)
