"""Whole commands, as they are typed in Slack."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from daypass.doors.language import (
    COMMANDS,
    SLACK_VERBS,
    Approve,
    Confirm,
    Deny,
    Done,
    Extend,
    Help,
    ListMine,
    MakeLink,
    RequestAccess,
    Said,
    ShowRequest,
    help_for,
    parse,
    parse_reason,
    parse_request,
    split,
)
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery, GrantId
from daypass.model.lease import Term
from daypass.resources.s3 import in_bucket
from daypass.resources.s3_statements import Level, Option
from tests.makers import ANN, HOUR, NOON

ID = GrantId("abcdefgh2345")
PIECES = [
    *(
        "request",
        "s3",
        "read",
        "raed",
        "acme/",
        "--for",
        "2h",
        "--until",
        "18:00",
        "--reason",
        '"',
        "\u201d",
        "\u2014as",
    ),
    *(
        "link",
        "--",
        "-",
        "=",
        "approve",
        ID,
        "--help",
        "\ud800",
        "${x}",
        "*",
        "--dry-run",
        "--start",
        "in 5m",
        "extend",
    ),
]


def read(text: str) -> Said:
    """Read a command at noon, in Berlin."""
    return parse(split(text), now=NOON, tz="Europe/Berlin")


def test_a_complete_request_needs_nothing_more():
    """The line of the README, in full."""
    place = "request s3 read,list acme-reports/2026/"
    said = read(f'{place} --for 2h --reason "INC-42" --as link --versions --tags --dry-run --wait')

    assert isinstance(said, RequestAccess)
    assert said.draft.place == in_bucket("acme-reports", "2026/")
    assert said.draft.levels == {Level.READ, Level.LIST}
    assert said.draft.extras == {Option.VERSIONS, Option.TAGS}
    assert said.draft.term == Term(length=2 * HOUR)
    assert (said.draft.reason, said.draft.delivery) == ("INC-42", Delivery.LINK)
    assert (said.draft.dry_run, said.draft.wait, said.draft.missing) == (True, True, ())


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("", ("level", "resource")),
        ("s3", ("level", "resource")),
        ("s3 read", ("resource",)),
        ("read", ("resource",)),
        ("s3 acme-reports", ("level",)),
        ("acme-reports/2026/", ("level",)),
        ("s3 read acme-reports", ()),
    ],
)
def test_an_incomplete_request_says_what_it_lacks(text, missing):
    """A form asks for the rest."""
    assert parse_request(split(text), now=NOON, tz="UTC").missing == missing


def test_an_incomplete_request_is_no_ask():
    """It is refused with the field that is missing."""
    with pytest.raises(BadInput) as refused:
        parse_request(["s3", "read"], now=NOON, tz="UTC").ask(ANN)

    assert refused.value.field == "resource"


def test_a_session_is_the_delivery_when_none_was_said():
    """The default of every door."""
    ask = parse_request(["s3", "read", "acme-reports"], now=NOON, tz="UTC").ask(ANN)

    assert ask.wish.delivery is Delivery.SESSION
    assert ask.wish.term is None


def test_level_and_place_are_read_in_either_order():
    """No level is called `acme-reports`; and a bucket may be called `for`."""
    assert read("request acme-reports read") == read("request s3 read acme-reports")
    said = read("request read for")
    assert isinstance(said, RequestAccess)
    assert str(said.draft.place) == "for"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"approve {ID}", Approve(id=ID, length=None)),
        (f"approve {ID.upper()} --for 1h30m", Approve(id=ID, length=timedelta(minutes=90))),
        (f"deny {ID} --reason 'not now'", Deny(id=ID, reason="not now")),
        (f"show {ID}", ShowRequest(id=ID)),
        (f"DONE {ID}", Done(id=ID)),
        (f"extend {ID}", Extend(id=ID, term=None, reason="")),
        (f"link {ID} a/b.csv", MakeLink(id=ID, key="a/b.csv")),
        ("login bcdf-ghjk", Confirm(user_code="BCDF-GHJK")),
        ("ls", ListMine()),
        ("", Help(verb=None)),
        ("--help", Help(verb=None)),
        ("help request", Help(verb="request")),
        (f"approve {ID} --help", Help(verb="approve")),
        ("approve --help", Help(verb="approve")),
    ],
)
def test_every_verb_is_a_value(text, said):
    """What a door matches on."""
    assert read(text) == said


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("reqest", "command", "Did you mean “request”?"),
        ("exec x", "command", "belongs on the command line"),
        ("request --fro 2h", "command", "Did you mean “--for”?"),
        ("request -for 2h", "command", "Did you mean “--for”?"),
        ("request --for", "length", "--for needs a value"),
        ("request --for --reason x", "length", "--for has no value"),
        ("request --dry-run=yes", "command", "takes no value"),
        ("request s3 raed acme-reports", "level", "Did you mean “read”?"),
        ("request s3 raed", "level", "Did you mean “read”?"),
        ("request s3 read acme-reports --as lnik", "delivery", "Did you mean “link”?"),
        ("request s3 read acme-reports x --for until 18:00", "command", "“x” is one word too many"),
        ("request s3 read acme-*/", "resource", "wildcard"),
        ("request s3 read a/../b", "resource", "."),
        ("approve", "id", "Say the id as well: /daypass approve ID. /daypass ls shows yours with their ids."),
        ("request s3 read acme-reports/2026/ for 2 hours", "command", "too many. Did you mean --for 2 hours?"),
        ("request s3 read acme-reports/2026/ as a link", "command", "too many. Did you mean --as link?"),
        ("request read acme-reports/2026/ 2h", "command", "too many. Did you mean --for 2h?"),
        (f"approve {ID} for 1h", "command", "for 1h. Did you mean --for 1h?"),
        (f"deny {ID} for 1h", "command", "Put quotes around what belongs together"),
        ("s3 read acme-reports/", "command", "Did you mean /daypass request s3 read acme-reports/?"),
        ("read acme-reports/", "command", "Did you mean /daypass request read acme-reports/?"),
        ("request s3:GetObject acme-reports/", "level", "Did you mean “read”?"),
        ("away --to U02ABCDEF", "command", "Say --until as well"),
        ("approve xyz", "command", "is not the id of a request"),
        (f"approve {ID} soon", "command", "There is a word too many"),
        ("help reqest", "command", "Did you mean “request”?"),
        ('request --reason "abc', "command", "never closed"),
        (f"request --reason {'x' * 1001}", "reason", "1001 characters"),
    ],
)
def test_a_typing_error_is_named_and_often_mended(text, field, words):
    """A sentence, the field it belongs beside, and a suggestion where one is near."""
    with pytest.raises(BadInput, match=r".") as refused:
        read(text)

    assert words in refused.value.sentence
    assert refused.value.field == field


def outcome(read: Callable[[], object]) -> object:
    """What a reading gives, or the sentence that refuses it."""
    try:
        return read()
    except BadInput as error:
        return error.sentence


@given(st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=10).map(" ".join))
@example("request --until '0001-01-01 00:00'")
@example("request --for " + "9" * 400 + "h")
@example("login \x00")
def test_no_text_makes_the_grammar_stumble(text):
    """Anything typed after /daypass is read, or refused in a sentence: nothing else comes out."""
    assert outcome(lambda: read(text))


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=8))
def test_no_words_make_a_request_stumble(words):
    """The same for words that came already cut, as on the command line."""
    assert outcome(lambda: parse_request(words, now=NOON, tz="Europe/Berlin"))


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_command_has_help(verb):
    """It begins with how to type it."""
    assert help_for(verb, program="/daypass").startswith(f"Usage: /daypass {verb}")


def test_the_overview_lists_what_slack_understands():
    """No more and no less."""
    listed = [line.split()[0] for line in help_for(program="/daypass").splitlines() if line.startswith("  ")]

    assert listed == list(SLACK_VERBS)


@pytest.mark.parametrize("sign", ["\x1b", "\x9b", "\x85", "\u202e", "\u2066"])
def test_a_reason_is_read_as_it_was_written(sign: str) -> None:
    """Nothing in it moves a terminal or turns the writing round."""
    with pytest.raises(BadInput, match="reason has a") as refused:
        parse_reason(f"INC-42 {sign}devorppa")
    assert refused.value.field == "reason"


@pytest.mark.parametrize("text", ["Ünïcode, 日本語, עברית, 👩\u200d🚒", "two\nlines\tand a tab"])
def test_a_reason_may_be_in_any_language(text: str) -> None:
    """Whole, and as it was written."""
    assert parse_reason(f" {text} ") == text


@pytest.mark.parametrize(
    ("word", "levels"),
    [
        ("readwrite", {Level.READ, Level.WRITE}),
        ("read-write", {Level.READ, Level.WRITE}),
        ("RW", {Level.READ, Level.WRITE}),
        ("read/write", {Level.READ, Level.WRITE}),
        ("read-only", {Level.READ}),
    ],
)
def test_levels_are_understood_as_other_programs_call_them(word, levels):
    """Where only one thing can be meant."""
    said = read(f"request s3 {word} acme-reports/")

    assert isinstance(said, RequestAccess)
    assert said.draft.levels == levels


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("request s3 read acme-reports/ --duration 2h", "--for"),
        ("request s3 read acme-reports/ --because INC-42", "--reason"),
        ("request s3 read acme-reports/ --from 18:00", "--start"),
        ("request s3 get acme-reports/", "read"),
        ("request s3 upload acme-reports/", "write"),
        ("list", "ls"),
        ("stop abcdefgh2345", "done"),
        ("reject abcdefgh2345", "deny"),
    ],
)
def test_the_word_of_another_program_is_answered_with_ours(text, meant):
    """No spelling brings the two together."""
    with pytest.raises(BadInput) as refused:
        read(text)

    assert refused.value.sentence.endswith(f"Did you mean “{meant}”?")


@pytest.mark.parametrize("text", ["-h", "--help", "help", "HELP", "version", "--version", "hello", "hi", "?"])
def test_whoever_looks_around_is_shown_the_commands(text):
    """Nobody is refused for asking what there is."""
    assert read(text) == Help(verb=None)
