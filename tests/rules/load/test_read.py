"""A rule document is read whole, or refused with every fault in it, each on its line."""

import hashlib
import re
from textwrap import dedent

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from daypass.model.errors import Fault, RulesUnreadable
from daypass.model.grant import Delivery
from daypass.model.principal import PrincipalId
from daypass.resources.s3_statements import Level
from daypass.rules.load.read import parse
from daypass.rules.rule.rule import AllowRule, DenyRule
from tests.rules.worlds import HOUR

GOOD = dedent(
    """\
    version: 1
    groups:
      analysts: {people: [U0ALICE], slack_groups: [S0ANALYSTS], groups: [leads]}
      leads: {people: [U0BOB]}
    rules:
      - id: reports-read
        about: Analysts read reports.
        who: {people: [U0CID], groups: [analysts]}
        may: [read]
        on: ['acme-reports/**']
        for: {default: 1h, max: 8h}
        approve: {anyone_of: {groups: [leads]}}
      - id: no-payroll
        deny: true
        who: anyone
        on: [acme-payroll]
        because: Payroll is never lent.
    """
)


def faults(text: str | bytes) -> list[Fault]:
    """Read a document that has faults."""
    with pytest.raises(RulesUnreadable) as unreadable:
        parse(text, name="rules.yaml")
    return list(unreadable.value.faults)


def faults_if_any(text: str) -> tuple[Fault, ...]:
    """Read a document that may be good."""
    try:
        parse(text, name="rules.yaml")
    except RulesUnreadable as unreadable:
        return unreadable.faults
    return ()


def said(text: str | bytes) -> list[str]:
    """Say the faults of a document, each without the file's name."""
    return [str(fault).removeprefix("rules.yaml:") for fault in faults(text)]


def test_a_document_becomes_a_rule_book() -> None:
    """Groups are unfolded, defaults filled in, the text's digest kept."""
    book = parse(GOOD, name="rules.yaml")

    lends, denies = book.rules
    assert isinstance(lends, AllowRule)
    assert isinstance(denies, DenyRule)
    assert sorted([*lends.who.people, *lends.who.slack_groups]) == ["S0ANALYSTS", "U0ALICE", "U0BOB", "U0CID"]
    assert (lends.default, lends.longest, lends.reason_required) == (HOUR, 8 * HOUR, True)
    assert (lends.deliveries, lends.extras, lends.at_once) == (
        frozenset({Delivery.SESSION, Delivery.POLICY}),
        frozenset(),
        False,
    )
    assert (denies.levels, denies.because, denies.line) == (frozenset(Level), "Payroll is never lent.", 13)
    assert book.digest == hashlib.sha256(GOOD.encode()).hexdigest()
    assert sorted(book.groups["analysts"].people) == ["U0ALICE", "U0BOB"]


def test_a_robot_stands_among_those_who_ask() -> None:
    """By the name that the journal calls it by, also in a group whose people do not decide."""
    book = parse(GOOD.replace("U0CID", "bot:nightly-2").replace("U0ALICE", "bot:ci"), name="rules.yaml")

    assert {"bot:nightly-2", "bot:ci"} < book.rules[0].who.people


def test_bytes_are_read_as_the_same_document() -> None:
    """A file may be handed over as it is on the disk, byte order mark included."""
    assert parse(b"\xef\xbb\xbf" + GOOD.encode(), name="rules.yaml").rules == parse(GOOD, name="rules.yaml").rules


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence", "suggestion"),
    [
        ("version: 1", "version: 2", 1, "This Daypass reads version 1 of the form, not 2.", "Write “version: 1”"),
        ("version: 1", "version: '1'", 1, "This Daypass reads version 1", "Write “version: 1”"),
        ("version: 1\n", "", 1, "“version” is missing.", "Write “version: 1” at the top."),
        ("groups: [leads]}\n", "grops: [leads]}\n", 3, "“grops” is not a field here.", "Did you mean “groups”?"),
        ("    may:", "    mai:", 9, "“mai” is not a field here.", "Did you mean “may”?"),
        ("    on: ['", "    resources: ['", 10, "“resources” is not a field here.", "Did you mean “on”?"),
        ("about: Analysts", "xyzzy: Analysts", 7, "“xyzzy” is not a field here.", "Known here: id, about, who"),
        ("max: 8h", "maxx: 8h", 11, "“maxx” is not a field here.", "Did you mean “max”?"),
        ("[read]", "[reed]", 9, "“reed” cannot stand under “may”.", "Did you mean “read”?"),
        ("[read]", "[]", 9, "“may” is empty; give at least one.", ""),
        ("[read]", "read", 9, "“may” must be a list, such as [a, b].", ""),
        ("groups: [analysts]", "groups: [analyst]", 8, "There is no group “analyst”.", "Did you mean “analysts”?"),
        ("groups: [leads]}}", "groups: [x]}}", 12, "There is no group “x”.", "Known here: analysts, leads."),
        ("who: anyone", "who: everyone", 15, "“everyone” cannot stand under “who”.", "Did you mean “anyone”?"),
        ("who: anyone", "who: {}", 15, "This names nobody; give people, groups, slack_groups or directory_groups.", ""),
        ("U0CID", "carol", 8, "“carol” is not a Slack user id such as U02ABCDEF", ""),
        ("U0CID", "bot:X", 8, "“bot:X” is no robot's name: bot: and 2 to 40 small letters, digits and hyphens.", ""),
        ("groups: [leads]}}", "people: [bot:ci]}}", 12, "“bot:ci” is a robot, and a robot never", ""),
        ("version: 1", "version: 1\nowners: {people: [bot:ci]}", 2, "“bot:ci” is a robot, and a robot never", ""),
        ("U0BOB", "bot:ci", 12, "The group “leads” holds bot:ci, and a robot never decides.", "Make a group"),
        ("S0ANALYSTS", "'@analysts'", 3, "“@analysts” is not a Slack user group id", ""),
        ("default: 1h", "default: 90", 11, "“90” has no unit; write 90m for minutes or 90h for hours.", ""),
        ("default: 1h", "default: soon", 11, "“soon” is not a length of time", ""),
        ("default: 1h", "default: -1h", 11, "“-1h” is less than nothing", ""),
        ("default: 1h", "default: 0h", 11, "That is no time at all", ""),
        ("max: 8h", "max: 100w", 11, "That is more than a year", ""),
        ("max: 8h", "max: true", 11, "A length of time is written as 90m", ""),
        ("default: 1h", "default: 9h", 11, "The default of 9 hours is longer than the most, 8 hours; swap", ""),
        ("    for: {default: 1h, max: 8h}\n", "", 6, "“for” is missing.", "Write “for: {default: 1h, max: 8h}”."),
        ("acme-reports/**", "**/reports", 10, "“**/reports” is not anchored at a bucket", ""),
        ("acme-reports/**", "acme-reports/***", 10, "“acme-reports/***” has more than two *", ""),
        ("[acme-payroll]", "[12]", 16, "A place is text in quotes", ""),
        ("no-payroll", "reports-read", 13, "The id “reports-read” is taken by the rule on line 6.", "Give each"),
        ("no-payroll", "No Payroll", 13, "“No Payroll” cannot be a rule's id", ""),
        ("no-payroll", "7", 13, "“id” must be text; put it in quotes.", ""),
        ("    approve: {anyone_of: {groups: [leads]}}\n", "", 6, "“approve” is missing.", "Write “approve: {anyone"),
        ("{anyone_of: {groups: [leads]}}", "{anyone_of: {}}", 12, "This names nobody", ""),
        ("{anyone_of: {groups: [leads]}}", "auto", 12, "“auto” cannot stand", "Did you mean “at-once”?"),
        ("    deny: true\n", "    deny: yes\n", 14, "“deny” is true or is left out.", "Write “deny: true”"),
        ("    deny: true\n", "    deny: true\n    approve: at-once\n", 15, "“approve” is not a field here.", ""),
        ("groups: [leads]}\n", "groups: [analysts]}\n", 3, "These groups contain each other: analysts, ", "Take one"),
        ("about: Analysts read reports.", "may: [write]", 9, "“may” is given twice; the first is on line 7.", "Keep"),
    ],
)  # fmt: skip
def test_every_fault_has_its_line_a_sentence_and_a_suggestion(
    old: str, new: str, line: int, sentence: str, suggestion: str
) -> None:
    """One thing in a good document is wrong, and one thing is said."""
    assert old in GOOD
    (fault,) = faults(GOOD.replace(old, new, 1))

    assert (fault.file, fault.line) == ("rules.yaml", line)
    assert fault.sentence.startswith(sentence)
    assert fault.suggestion.startswith(suggestion)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1: The document is empty, and without rules nothing is allowed. Begin with one of examples/rules."),
        (
            "# only a comment",
            "1: The document is empty, and without rules nothing is allowed. Begin with one of examples/rules.",
        ),
        (
            "- a",
            "1: The document is not a mapping with “version”, “groups” and “rules”. Begin with one of examples/rules.",
        ),
        ("version: 1", "1: “rules” is missing. Write “rules:” and a list under it; see examples/rules."),
        ("version: 1\nrules: []", "2: “rules” is empty; give at least one."),
        ("version: 1\nrules:", "2: “rules” must be a list, such as [a, b]."),
        (GOOD + "  - hello", "18: A rule must be a mapping of fields to values."),
    ],
)
def test_a_document_without_rules_is_refused(text: str, expected: str) -> None:
    """What holds no rules is not taken for a rule book that denies everything in silence."""
    assert said(text) == [expected]


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\u00ad", "\U000e0041"])
@pytest.mark.parametrize("where", ["in a sentence", "escaped", "in a comment"])
def test_what_cannot_be_seen_is_refused_in_rules(sign: str, where: str) -> None:
    """Rules are decided on by people who read them: no sign turns, splits or hides what they see."""
    written = {
        "in a sentence": GOOD.replace("Payroll is", f"Payroll {sign}is"),
        "escaped": GOOD.replace("[read]", f'["re\\U{ord(sign):08x}ad"]'),
        "in a comment": f"# a {sign} comment\n{GOOD}",
    }
    found = [
        one for one in said(written[where]) if f"a sign in this line that cannot be seen (U+{ord(sign):04X})" in one
    ]

    assert len(found) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD.replace("    may", "\tmay"), "9: A tab stands in the indentation. Indent with spaces;"),
        (GOOD.replace("    may", "     may"), "9: This is not YAML: did not find expected key. Indent it as"),
        (GOOD.replace("    may", "   may"), "9: This is not YAML: did not find expected '-' indicator. Indent it as"),
        (GOOD.replace("['acme-reports/**']", "[**]"), "10: This is not YAML: did not find expected alphabetic"),
        (GOOD.replace("[read]", "[read"), "10: This is not YAML: "),
        (GOOD.replace("Payroll is", "'Payroll is"), "18: This is not YAML: found unexpected end of stream. A quot"),
        (GOOD.replace("Payroll is", "Payroll: is"), "17: This is not YAML: mapping values are not allowed"),
        ("a: \x00", "1: This is not YAML: control characters are not allowed."),
        (b"version: 1\n# \xff\n", "2: This is not text in UTF-8. Save it as UTF-8."),
        ("# \ud800", "1: This is not text in UTF-8. Save it as UTF-8."),
        ("[" * 100_000, "1: Nothing in the rules is nested as deep as this. See docs/rules.md for the form."),
        ("- " * 100_000, "1: Nothing in the rules is nested as deep as this."),
        ("#" * 2_000_000, "1: The document has 2,000,000 bytes; 1,048,576 are the most."),
    ],
)  # fmt: skip
def test_what_is_no_yaml_is_refused_with_a_line(text: str | bytes, expected: str) -> None:
    """The reader says where it stopped, and what is usually the cause."""
    assert said(text)[0].startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD.replace("{people: [U0BOB]}", "&leads {people: [U0BOB]}"), "4: Anchors (&leads) are not read here."),
        (GOOD.replace("who: anyone", "who: *all"), "15: Aliases (*all) are not read here."),
        (GOOD.replace("who: anyone", "who: !!str anyone"), "15: Tags (tag:yaml.org,2002:str) are not read here."),
        (GOOD + "---\nversion: 1\n", "18: A second document begins here."),
        ("? [a, b]\n: c\n" + GOOD, "1: A list or a mapping cannot be the name of a field."),
    ],
)
def test_what_yaml_can_do_besides_is_refused(text: str, expected: str) -> None:
    """Anchors, aliases, tags and further documents have no place here."""
    assert any(each.startswith(expected) for each in said(text))


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    """Ten levels of ten aliases each would be ten thousand million; each is a fault and costs nothing."""
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 11))

    assert sum("Aliases" in each for each in said(bomb)) == 10


def test_every_fault_is_told_at_once_in_the_order_of_the_lines() -> None:
    """A document with a fault in each part is answered with all of them, not with the first."""
    text = (
        GOOD.replace("version: 1", "version: 3")
        .replace("U0ALICE", "alice")
        .replace("[read]", "[reed, wright]")
        .replace("default: 1h", "default: 90")
        .replace("anyone\n", "everybody\n")
        .replace("because", "becuase")
    )

    assert [fault.line for fault in faults(text)] == [1, 3, 9, 9, 11, 15, 17]


def test_words_that_yaml_takes_for_something_else_stay_words() -> None:
    """`on` is a field and `no` may be a group: nothing becomes a truth value behind the writer's back."""
    book = parse(GOOD.replace("leads", "no"), name="rules.yaml")

    assert set(book.groups) == {"analysts", "no"}


def test_a_long_chain_of_groups_is_unfolded() -> None:
    """Depth of groups is no limit, and no way to break the reader."""
    chain = "".join(f"  g{n}: {{groups: [g{n + 1}]}}\n" for n in range(3000))
    text = GOOD.replace("groups:\n", f"groups:\n{chain}  g3000: {{people: [U0END]}}\n", 1)

    assert parse(text, name="rules.yaml").groups["g0"].people == {PrincipalId("U0END")}


def test_a_circle_of_groups_is_named() -> None:
    """Groups that contain each other are refused, the circle spelt out."""
    text = GOOD.replace("groups:\n", "groups:\n  a: {groups: [b]}\n  b: {groups: [a]}\n", 1)

    assert said(text) == ["3: These groups contain each other: a, b, a. Take one of them out of another."]


@given(st.text() | st.binary())
def test_whatever_is_read_nothing_but_rules_unreadable_is_raised(text: str | bytes) -> None:
    """Noise is a fault, never a crash."""
    assert faults(text)


spaced = re.sub(r"([\[\]{}])", r" \1 ", GOOD)
words = st.sampled_from([*spaced.split(" "), "\n", "*", "&a", "\t"])


@given(st.lists(words, max_size=40).map(" ".join))
def test_shuffled_words_of_a_document_are_read_or_refused(text: str) -> None:
    """Words of a good document in any order are a rule book or faults, nothing else."""
    assert all(fault.sentence.endswith(".") for fault in faults_if_any(text))


@given(st.integers(min_value=0, max_value=len(GOOD) - 1), st.text(max_size=3))
def test_a_good_document_with_a_slip_is_read_or_refused(where: int, slip: str) -> None:
    """A character lost or put in anywhere ends in a rule book or in faults with a line that exists."""
    text = GOOD[:where] + slip + GOOD[where + 1 :]

    assert all(1 <= fault.line <= len(text.splitlines()) + 1 for fault in faults_if_any(text))


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["anyone", "1h"])
)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["version", "groups", "rules", "id", "who", "may", "on", "for", "approve", "deny", "people"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(trees)
def test_any_tree_of_known_words_is_refused_or_read(tree: object) -> None:
    """Right words in wrong places are faults too, each a sentence."""
    text = yaml.safe_dump({"version": 1, "groups": tree, "rules": [tree, {"id": tree, "who": tree, "approve": tree}]})

    assert all(fault.sentence.endswith(".") for fault in faults(text))
