"""One rule of the document changed, and nothing else touched."""

from difflib import ndiff
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.model.errors import BadInput
from daypass.rules.document.yaml_source import read
from daypass.rules.edit.text import (
    field_at,
    find,
    rules_of,
    text_of,
    with_fields,
    with_new_rule,
    with_rule,
)
from daypass.rules.edit.yaml_text import written
from daypass.rules.load.read import parse

DOCUMENT = """\
# Who may what at Acme.
version: 1 # the form

owners: {people: [U0ANN, U0BOB]} # two of them

rules:
  # The reports.
  - id: reports
    about: Reports. # said shortly
    who: {people: [U0ANN]} # Ann
    # Reading is enough.
    may: [read]
    on:
      - "acme-reports/**" # all years
      - acme-old
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0BOB]}} # Bob

  # The drafts.
  - {id: drafts, who: anyone, may: [write], on: [acme-drafts], for: {default: 1h, max: 2h}, approve: at-once} # quick

  - id: no-payroll
    deny: true
    because: |
      Ask the people team.
      Not us.
    who: anyone
    on: [acme-payroll]
# The end.
"""
EXAMPLES = sorted(Path("examples/rules").glob("*.yaml"))


def changed_lines(old: str, new: str) -> list[str]:
    """The lines that went and came, in their order."""
    return [line for line in ndiff(old.splitlines(), new.splitlines()) if line[0] in "+-"]


def test_a_changed_field_changes_its_own_line_alone():
    """The comment behind it stays, and so does every other line."""
    made = with_fields(DOCUMENT, "reports", {"may": ["read", "list"]})

    assert changed_lines(DOCUMENT, made) == ["-     may: [read]", "+     may: [read, list]"]


def test_a_comment_behind_a_one_line_field_stays():
    """`# Bob` says who U0BOB is; it is the author's to change."""
    made = with_fields(DOCUMENT, "reports", {"approve": {"anyone_of": {"people": ["U0BOB", "U0CID"]}}})

    assert "    approve: {anyone_of: {people: [U0BOB, U0CID]}} # Bob\n" in made


def test_a_field_of_several_lines_becomes_one():
    """A comment on one of its lines spoke of what is gone, so it goes too."""
    made = with_fields(DOCUMENT, "reports", {"on": ["acme-reports/2026/**"]})

    assert '    on: ["acme-reports/2026/**"]\n    for:' in made
    assert "all years" not in made


def test_a_field_that_was_not_there_is_added_in_its_place():
    """After what usually stands before it, as deep as its neighbours."""
    made = with_fields(DOCUMENT, "reports", {"reason": "optional", "paused": True})

    assert changed_lines(DOCUMENT, made) == ["+     reason: optional", "+     paused: true"]
    assert made.index("max: 8h") < made.index("reason: optional") < made.index("# Bob") < made.index("paused: true")


def test_a_field_is_left_out():
    """Its line goes, with what is said behind it."""
    made = with_fields(DOCUMENT, "reports", {"about": None})

    assert changed_lines(DOCUMENT, made) == ["-     about: Reports. # said shortly"]


def test_a_rule_in_braces_is_written_anew_alone():
    """Its own line becomes a rule of several lines, or none but it changes."""
    made = with_fields(DOCUMENT, "drafts", {"may": ["read"]})

    assert find(made, "drafts")["may"] == ["read"]
    gone = [line for line in changed_lines(DOCUMENT, made) if line[0] == "-"]
    assert [line[:17] for line in gone] == ["-   - {id: drafts"]


def test_the_last_rule_ends_before_the_last_comment():
    """A comment after the rules is nobody's but the document's."""
    made = with_fields(DOCUMENT, "no-payroll", {"on": ["acme-payroll", "acme-hr"], "paused": True})

    assert made.endswith("    on: [acme-payroll, acme-hr]\n    paused: true\n# The end.\n")


def test_a_text_of_several_lines_is_replaced_whole():
    """A literal block is one field, however long."""
    made = with_fields(DOCUMENT, "no-payroll", {"because": 'Say "please": #1.'})

    assert find(made, "no-payroll")["because"] == 'Say "please": #1.'
    assert "Not us" not in made


def test_a_rule_is_shown_as_it_stands_and_taken_back_as_it_was():
    """What the text form shows, sent back untouched, is the document letter for letter."""
    for rule in rules_of(DOCUMENT):
        shown = text_of(DOCUMENT, str(rule["id"]))

        assert with_rule(DOCUMENT, str(rule["id"]), shown) == DOCUMENT


def test_a_rule_may_be_typed_with_its_dash():
    """People paste what stands in the document."""
    made = with_rule(DOCUMENT, "reports", "- id: reports\n  who: anyone\n  may: [read]\n  on: [acme-reports]")

    assert find(made, "reports") == {"id": "reports", "who": "anyone", "may": ["read"], "on": ["acme-reports"]}
    assert "# The drafts." in made


@pytest.mark.parametrize("typed", ["", "no mapping", "- a\n- b", "id: [", "id: x\n--- \nid: y"])
def test_what_is_no_rule_is_refused_beside_the_text(typed: str):
    """A sentence, never a broken document."""
    with pytest.raises(BadInput) as caught:
        with_rule(DOCUMENT, "reports", typed)

    assert caught.value.field == "text"


def test_typed_text_cannot_reach_beyond_its_rule():
    """Lines that would end the rule and begin another, or the examples, are refused."""
    for typed in ("id: x\n- id: y\n  who: anyone", "id: x\n\nowners: {people: [U0EVE]}\nowners: 1"):
        try:
            made = with_rule(DOCUMENT, "reports", typed)
        except BadInput:
            continue
        assert read(made, name="x").data["owners"] == {"people": ["U0ANN", "U0BOB"]}  # type: ignore[index,call-overload]


def test_a_new_rule_comes_last():
    """The first that allows decides, so a new one takes nothing from those before it."""
    made = with_new_rule(DOCUMENT, "id: new\nwho: anyone\nmay: [read]\non: [acme-new]")

    assert [rule["id"] for rule in rules_of(made)] == ["reports", "drafts", "no-payroll", "new"]
    assert [line for line in changed_lines(DOCUMENT, made) if line[0] == "-"] == []
    assert made.endswith("    on: [acme-new]\n# The end.\n")


def test_line_ends_stay_what_they_are():
    """A document of a Windows editor stays one."""
    made = with_fields(DOCUMENT.replace("\n", "\r\n"), "reports", {"paused": True})

    assert made == with_fields(DOCUMENT, "reports", {"paused": True}).replace("\n", "\r\n")


def test_rules_in_one_list_of_brackets_are_left_to_the_command_line():
    """What cannot be changed alone is not changed at all."""
    with pytest.raises(BadInput, match="as text"):
        with_new_rule("version: 1\nrules: [{id: a}]", "id: b")


def test_a_line_leads_to_its_field():
    """So that a fault stands beside the field that it is about."""
    assert field_at(DOCUMENT, "reports", DOCUMENT.splitlines().index("      - acme-old") + 1) == "on"
    assert field_at(DOCUMENT, "reports", 1) == ""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_rule_of_every_example_can_be_paused(path: Path):
    """Nothing but one line comes, and the document still reads."""
    text = path.read_text(encoding="utf-8")
    for rule in rules_of(text):
        made = with_fields(text, str(rule["id"]), {"paused": True})

        assert [line.strip() for line in changed_lines(text, made)] == ["+     paused: true"]
        assert [one.paused for one in parse(made, name="x").rules if one.id == rule["id"]] == [True]


DATA = st.recursive(
    st.one_of(st.text(max_size=12), st.integers(-(10**9), 10**9), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)


@given(st.text(max_size=40).filter(lambda text: not any("\ud800" <= sign <= "\udfff" for sign in text)), DATA)
def test_what_is_written_is_read_back(text: str, data: object):
    """Whatever is in it: quotes, colons, line ends, signs that nobody sees."""
    for one in (text, data):
        assert read(f"x: {written(one)}\n", name="x").data == {"x": one}  # type: ignore[arg-type]


@given(st.text(max_size=60), st.sampled_from(["about", "on", "because"]))
def test_no_value_breaks_out_of_its_field(value: str, key: str):
    """Any text as a value leaves every other rule and field as it was."""
    clean = value.encode("utf-8", "ignore").decode()
    made = with_fields(DOCUMENT, "reports", {key: [clean] if key == "on" else clean})

    assert [rule for rule in rules_of(made) if rule["id"] != "reports"] == rules_of(DOCUMENT)[1:]
