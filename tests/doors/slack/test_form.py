"""Asking through the form."""

import time

import pytest

from daypass.model.errors import Misconfigured
from daypass.model.grant import Delivery
from daypass.model.request import RequestState
from daypass.resources.s3_statements import Level, Option
from daypass.rules.load.read import RuleBook, parse
from localslack import BlockingActor, View
from localslack.driver import PATIENCE
from tests.doors.slack.conftest import ASK, Office, review
from tests.makers import RULES

WHERE = "acme-reports/2026/"


def opened(ann: BlockingActor) -> View:
    """Open the form from the shortcut."""
    ann.shortcut("request_access")
    return ann.wait_for_modal("Request access")


def initial(form: View, block_id: str) -> object:
    """What a field of the form starts with."""
    element = next(block for block in form.blocks if block["block_id"] == block_id)["element"]
    option = element.get("initial_option")
    if option is not None:
        return option["value"]
    return element.get("initial_value") or [each["value"] for each in element.get("initial_options", [])]


def test_the_shortcut_opens_the_form_and_the_form_files(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Everything the form asks arrives in the request."""
    form = opened(ann)
    fields = {"level": ["list", "read"], "resource": WHERE, "length": "2h", "reason": "INC-42"}

    assert ann.submit(form, fields).closed
    review(bob)
    request = daypass.services.ledger.requests()[0]
    assert request.entitlement.levels == {Level.LIST, Level.READ}
    assert str(request.entitlement.resource) == WHERE
    assert request.reason == "INC-42"
    assert request.delivery is Delivery.SESSION


def test_the_same_form_sent_twice_says_so_and_files_another_only_when_told(daypass: Office, ann: BlockingActor):
    """With the way to the first one's message, whichever way that was asked; what was filled in stays."""
    first = daypass.ask()
    own = ann.wait_for_message(first.id)
    fields = {"level": ["read"], "resource": WHERE, "length": "2h", "reason": "INC-42"}
    ann.submit(opened(ann), fields)
    asked = ann.wait_for_modal("Request access")

    assert f"it is request {first.id}" in str(asked.blocks[-3:]), "at its end, where its reader is"
    assert f"/p{own.ts.replace('.', '')}|Open your request>" in str(asked.blocks)
    assert (initial(asked, "length"), initial(asked, "again")) == ("2h", [])
    ann.submit(asked)
    assert [one.id for one in daypass.services.ledger.requests()] == [first.id]
    assert ann.submit(ann.wait_for_modal("Request access"), {"again": ["again"]}).closed
    assert len(daypass.services.ledger.requests()) == 2


def test_the_same_command_twice_says_so(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Bob has one card; Ann the way to her request."""
    first = daypass.ask()
    ann.wait_for_message(first.id)
    ann.command("/daypass", ASK)

    told = ann.wait_for_ephemeral("You asked for this")
    assert "|Open your request>" in str(told.blocks)
    assert "`--again` files another." in str(told.blocks)
    assert daypass.ask(f"{ASK} --again").id != first.id
    assert len(daypass.services.ledger.requests()) == 2


def test_an_incomplete_command_opens_the_form_prefilled(daypass: Office, ann: BlockingActor):
    """What was typed is kept: level, length, reason, delivery and start."""
    ann.command("/daypass", 'request s3 read --for "until 18:00" --reason "INC-42" --as policy --start "in 30m" --tags')
    form = ann.wait_for_modal("Request access")

    kept = {name: initial(form, name) for name in ("level", "length", "reason", "delivery", "start", "extras")}
    assert kept == {
        "level": ["read"],
        "length": "until 18:00",
        "reason": "INC-42",
        "delivery": "policy",
        "start": "in 30m",
        "extras": ["tags"],
    }


def test_an_incomplete_command_opens_the_form_although_the_directory_hangs(daypass: Office, ann: BlockingActor):
    """Nothing is looked up before the form is open, so a slow directory cannot let the trigger expire."""
    slow = daypass.directory.principal

    def hang(principal_id):
        time.sleep(4)
        return slow(principal_id)

    daypass.directory.principal = hang  # type: ignore[method-assign]
    ann.command("/daypass", "request s3 read")

    assert initial(ann.wait_for_modal("Request access", within=2), "level") == ["read"]


def test_a_wrong_word_comes_back_with_its_sentence_and_a_way_to_the_form(daypass: Office, ann: BlockingActor):
    """`reed` is no level; the button opens the form with everything else as it was typed."""
    ann.command("/daypass", f"request s3 reed {WHERE} --for 2h --reason 'INC-42'")
    told = ann.wait_for_ephemeral("“reed” is not a level of access")
    ann.click(told, "form.open")
    form = ann.wait_for_modal("Request access")

    assert initial(form, "resource") == WHERE
    assert initial(form, "length") == "2h"
    assert daypass.services.ledger.requests() == []


def test_a_wrong_word_of_an_incomplete_command_is_said_on_the_form(daypass: Office, ann: BlockingActor):
    """The form opens and says on top what could not be read."""
    ann.command("/daypass", "request s3 read --for soon")

    assert "“soon” is not a length of time" in str(ann.wait_for_modal("Request access").blocks)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("length", "soon", "“soon” is not a length of time"),
        ("length", "0h", "no time at all"),
        ("length", "-2h", "less than nothing"),
        ("length", "99999d", "more than a year"),
        ("start", "whenever", "is not a time"),
        ("length", "9h", "At most 8h"),
        ("reason", "", "required"),
    ],
)
def test_errors_stand_beside_the_field(daypass: Office, ann: BlockingActor, field: str, value: str, sentence: str):
    """What is wrong is said where it is wrong, and nothing is filed."""
    good = {"level": ["read"], "resource": WHERE, "length": "2h", "reason": "INC-42"}
    came = ann.submit(opened(ann), good | {field: value})

    assert sentence in came.errors[field]
    assert daypass.services.ledger.requests() == []


def test_what_no_rule_allows_is_said_beside_the_place(daypass: Office):
    """Eve may ask for nothing: even a place that a crossed update let her pick is refused where she picked it."""
    eve = daypass.person("U0EVE")
    eve.shortcut("request_access")
    form = eve.wait_for_modal("Request access")
    typed = {"text": {"type": "plain_text", "text": WHERE}, "value": WHERE}
    eve.fill(form, {"level": ["read"], "length": "2h", "reason": "INC-42"})
    came = eve.submit(form, {"resource": typed})

    assert came.errors.keys() == {"resource"}
    assert daypass.services.ledger.requests() == []


def test_a_refusal_about_no_field_stands_on_the_form_which_keeps_what_was_typed(daypass: Office, ann: BlockingActor):
    """The rules became unreadable: the sentence is on top, and nothing has to be typed again."""

    def unreadable() -> RuleBook:
        raise Misconfigured("The rules cannot be read.")

    form = opened(ann)
    daypass.under(unreadable)
    typed = {"text": {"type": "plain_text", "text": WHERE}, "value": WHERE}
    came = ann.submit(form, {"level": ["read"], "resource": typed, "length": "2h", "reason": "INC-42"})

    shown = ann.wait_for_modal("Request access")
    assert not came.closed
    assert "The rules cannot be read" in str(shown.blocks)
    assert [initial(shown, "length"), initial(shown, "resource")] == ["2h", WHERE]


def test_a_form_whose_work_takes_long_is_told_to_wait_and_filled_in_later(
    daypass: Office, ann: BlockingActor, bob: BlockingActor
):
    """Slack's three seconds are met although the rehearsal takes three."""
    daypass.aws.slow = 3.0
    form = opened(ann)
    fields = {"level": ["read"], "resource": WHERE, "length": "2h", "reason": "INC-42"}
    came = ann.submit(form, fields)

    assert came.problem is None
    assert "longer than usual" in str(ann.modal())
    review(bob)
    assert len(daypass.services.ledger.requests()) == 1
    assert "Done." in str(ann.wait_for_modal("Daypass").blocks)


def test_whoever_closed_the_waiting_form_reads_the_refusal_as_a_message(daypass: Office, ann: BlockingActor):
    """The answer came after the form was closed: it is not lost."""
    daypass.aws.slow = 3.0
    ann.submit(opened(ann), {"level": ["read"], "resource": WHERE, "length": "2h", "reason": "INC-42"})
    waiting = ann.wait_for_modal("Daypass")
    daypass.aws.refusal = "The policies of ann are full."
    ann.close(waiting)

    ann.wait_for_message("The policies of ann are full.")
    assert daypass.services.ledger.requests() == []


def test_a_form_submitted_twice_files_once(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Slack may deliver the submission again; both are answered, one is filed."""
    form = opened(ann)
    ann.fill(form, {"level": ["read"], "resource": WHERE, "length": "2h", "reason": "INC-42"})
    daypass.slack.faults.deliver_twice = 1
    ann.submit(form)
    review(bob)

    assert len(daypass.services.ledger.requests()) == 1


def test_typeahead_offers_only_what_the_rules_let_this_person_ask_for(daypass: Office, ann: BlockingActor):
    """Ann's rules know nothing of the payroll; Eve may ask for nothing."""
    eve = daypass.person("U0EVE")
    eve.shortcut("request_access")
    hers = eve.type_ahead(eve.wait_for_modal("Request access"), "resource", "acme")
    anns = ann.type_ahead(opened(ann), "resource", "acme")

    assert [option["value"] for option in anns] == ["acme-drafts", "acme-reports"]
    assert [(option["text"]["text"], option["value"]) for option in hers] == [("As you typed it: acme", "acme")], (
        "an echo"
    )


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("https://s3.console.aws.amazon.com/s3/buckets/acme-reports?prefix=2026/", ["acme-reports/2026/"]),
        (
            "https://eu-central-1.console.aws.amazon.com/s3/buckets/acme-reports?prefix=202",
            ["acme-reports/202", "acme-reports/2025/", "acme-reports/2026/"],
        ),
        ("acme-reprots/2026/", ["acme-reports/2026/", "acme-reprots/2026/"]),
        ("acme-payroll/2026/", ["acme-payroll/2026/"]),
        ("https://example.com/x", ["https://example.com/x"]),
        ("what I need", ["what I need"]),
        ("x" * 151, ["?"]),
    ],
)
def test_whatever_is_typed_there_is_something_to_choose(
    daypass: Office, ann: BlockingActor, typed: str, offered: list[str]
):
    """An address of the console, a typing error, a stranger's bucket, words: nothing that was typed is lost."""
    found = [option["value"] for option in ann.type_ahead(opened(ann), "resource", typed)]

    assert found == offered


def test_typeahead_goes_into_a_bucket(daypass: Office, ann: BlockingActor):
    """After the slash come its prefixes and objects, and what was typed itself, to be asked for before it is there."""
    form = opened(ann)
    inside = [option["value"] for option in ann.type_ahead(form, "resource", "acme-reports/")]
    typed = [option["value"] for option in ann.type_ahead(form, "resource", "s3://acme-reports/2027/q1/")]

    assert inside == ["acme-reports", "acme-reports/2025/", "acme-reports/2026/", "acme-reports/readme.txt"]
    assert typed == ["acme-reports/2027/q1/"]


def test_typeahead_tells_no_names_to_who_could_not_list_them(daypass: Office, ann: BlockingActor):
    """Ann may only write to the reports by now: the bucket is offered and what she types, not what others put there."""
    daypass.rules.append(parse(RULES.replace("may: [list, read]", "may: [write, delete]"), name="rules.yaml"))
    form = opened(ann)
    offered = {typed: ann.type_ahead(form, "resource", typed) for typed in ("acme-rep", "acme-reports/read")}

    assert [[option["value"] for option in found] for found in offered.values()] == [
        ["acme-reports"],
        ["acme-reports/read"],
    ]


def test_a_place_too_long_for_a_choice_is_typed(daypass: Office, ann: BlockingActor):
    """Slack's choices carry 150 characters, S3's keys 1,024 bytes: the form offers a line to type in."""
    long = "acme-reports/" + "x" * 300 + "/"
    ann.command("/daypass", f"request s3 {long}")
    form = ann.wait_for_modal("Request access")
    came = ann.submit(form, {"level": ["read"], "reason": "INC-42"})

    assert came.closed
    assert str(daypass.services.ledger.requests()[0].entitlement.resource) == long


def test_a_complete_command_that_a_rule_approves_is_answered_so(daypass: Office, ann: BlockingActor):
    """Approved at once: no approver is asked, and Ann is told how to use it."""
    request = daypass.ask("request s3 read acme-drafts/x/")

    ann.wait_for_ephemeral("Approved at once by the rule `drafts`")
    ann.wait_for_message("Approved* by the rule `drafts`")
    assert request.state is RequestState.APPROVED


def test_a_dry_run_asks_nobody_and_shows_the_document(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """What would be decided, by which rule, and the exact text for AWS."""
    ann.command("/daypass", f"{ASK} --dry-run")
    told = ann.wait_for_ephemeral("Nothing was asked").visible_text

    assert '"s3:GetObject"' in told.replace("\\", "")
    assert "the rule `reports` (at most 8 hours)" in told
    assert daypass.services.ledger.requests() == []


def test_extras_are_asked_for_by_name(daypass: Office, ann: BlockingActor):
    """Tags are not part of reading: the rules, which do not lend them, say so."""
    ann.command("/daypass", f"{ASK} --tags")

    ann.wait_for_ephemeral(Option.TAGS)
    assert daypass.services.ledger.requests() == []


def _previewed(ann: BlockingActor, form: View, said: str) -> View:
    """Press the button, and wait for what the form then says."""
    ann.click(form, "form.preview")
    ends = time.monotonic() + PATIENCE
    while said not in str((shown := ann.wait_for_modal("Request access")).blocks):
        assert time.monotonic() < ends, str(shown.blocks)
        time.sleep(0.02)
    return shown


def test_the_form_says_who_would_decide_before_anybody_is_asked(daypass: Office, ann: BlockingActor):
    """With what is filled in, which stays; in stages, by what they are; and nothing is written."""
    rule = """
  - id: staged
    who: anyone
    may: [read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 2h}
    approve:
      stages:
        - {name: lead, anyone_of: {people: [U0BOB]}, hand_over: [{after: 30m, to: {people: [U0EVE]}}]}
        - {name: security, anyone_of: {people: [U0CAROL], manager: true}}
"""
    daypass.rules.append(parse(f"version: 1\nrules:{rule}", name="rules.yaml"))
    form = opened(ann)
    ann.fill(form, {"level": ["read"], "resource": WHERE, "length": "2h", "reason": "INC-42"})

    shown = str(_previewed(ann, form, "Nothing was asked").blocks)

    for said in (
        "First, at stage lead, U0Bob decides.",
        "After 30 minutes at stage lead, U0Eve may decide too.",
        "Then, at stage security, Carol decides.",
        "The manager of U0Ann is not known.",
    ):
        assert said in shown
    assert daypass.services.ledger.requests() == []
    assert ann.submit(ann.wait_for_modal("Request access")).closed
    assert ann.wait_until(lambda: daypass.services.ledger.requests() or None)[0].reason == "INC-42"


@pytest.mark.parametrize(("wanted", "optional"), [("required", False), ("optional", True)])
def test_why_is_called_optional_only_where_no_rule_wants_it(
    daypass: Office, ann: BlockingActor, wanted: str, *, optional: bool
):
    """Slack says “optional” beside a field that may be left empty: to be refused afterwards is no help."""
    daypass.rules.append(parse(RULES.replace("reason: optional", f"reason: {wanted}"), name="rules.yaml"))
    if optional:
        text = RULES.replace("    delivery: [session, policy, link]\n", "    reason: optional\n", 1)
        daypass.rules.append(parse(text, name="rules.yaml"))
    form = opened(ann)

    assert next(block for block in form.blocks if block.get("block_id") == "reason")["optional"] is optional


def test_the_form_for_somebody_else_speaks_of_their_identity(daypass: Office, ann: BlockingActor):
    """Not of the one's who asks."""
    ann.open_home()
    ann.click(ann.wait_for_home(), "form.grant")
    shown = str(ann.wait_for_modal("Request access").blocks)

    assert "Their own AWS identity" in shown
    assert "Your own" not in shown


def test_the_form_says_what_stands_in_the_way_before_it_is_sent(daypass: Office, ann: BlockingActor):
    """A length beyond the rule's most; and a field that lacks."""
    form = opened(ann)
    ann.fill(form, {"level": ["read"], "resource": WHERE, "length": "9d", "reason": "INC-42"})

    denied = _previewed(ann, form, "At most 8h for read")
    assert "At most 8h" in str(denied.blocks[-2]), "beside the button, where its reader is"

    ann.fill(form, {"length": "1h", "level": []})
    shown = _previewed(ann, form, "Say which access you need")
    assert daypass.services.ledger.requests() == []
    assert "at most 8h" not in str(shown.blocks)
