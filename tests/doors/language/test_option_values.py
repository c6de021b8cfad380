"""How many of the words behind an option are its value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.doors.cli.main import with_values_joined
from daypass.doors.commands import COMMANDS
from daypass.doors.language import Spoken, split
from daypass.doors.language.option_values import joined
from daypass.doors.slack.request_form import heard

ID = "k3m9xw2p7qrs"
WORDS = st.text("abc/.:-", min_size=1, max_size=6).filter(lambda word: not word.startswith("-"))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("away --until 2026-12-07 09:00 --to U02ABCDEF", ["--until", "2026-12-07 09:00", "--to", "U02ABCDEF"]),
        ("request s3 read a/ --for 2 hours", ["--for", "2 hours", "s3", "read", "a/"]),
        ("request --for 2 hours s3 read a/", ["--for", "2 hours", "s3", "read", "a/"]),
        ("request --for 2 hours a/ read", ["--for", "2 hours", "a/", "read"]),
        ("request s3 read --for soon a/", ["--for", "soon", "s3", "read", "a/"]),
        ("request --start tomorrow at 9:00 read a/", ["--start", "tomorrow at 9:00", "read", "a/"]),
        ("request --reason fix the job s3 read a/", ["--reason", "fix the job", "s3", "read", "a/"]),
        ("request s3 read --reason INC-42", ["--reason", "INC-42", "s3", "read"]),
        ("request s3 read --reason see INC-42", ["--reason", "see INC-42", "s3", "read"]),
        ("request --reason please read INC-42", ["--reason", "please read INC-42"]),
        ("request --reason fix the job read a/", ["--reason", "fix the job", "read", "a/"]),
        ("request s3 read a/ --for 2h tomorrow", ["--for", "2h tomorrow", "s3", "read", "a/"]),
        ("request s3 read a/ --reason down by -5 percent", ["--reason", "down by -5 percent", "s3", "read", "a/"]),
        ("request s3 read a/ --for=2 hours --wait", ["--for=2 hours", "--wait", "s3", "read", "a/"]),
        ("request --dry-run s3 read a/", ["--dry-run", "s3", "read", "a/"]),
        (
            "request --every mon,wed 22:00-06:00 for two weeks read a/",
            ["--every", "mon,wed 22:00-06:00 for two weeks", "read", "a/"],
        ),
        ("grant --to U02ABCDEF read a/", ["--to", "U02ABCDEF", "read", "a/"]),
        (f"approve --for 1 hour {ID}", ["--for", "1 hour", ID]),
        (f"revoke --reason laptop stolen {ID}", ["--reason", "laptop stolen", ID]),
        (f"revoke {ID} --reason laptop stolen", ["--reason", "laptop stolen", ID]),
        ("again --reason I need it again", ["--reason", "I need it again"]),
        (f"again --for 2 hours {ID}", ["--for", "2 hours", ID]),
        (f"exec {ID} -- aws s3 ls --region eu west", [ID, "--", "aws", "s3", "ls", "--region", "eu", "west"]),
        ("request s3 read a/ --fro 2 hours", ["--fro", "s3", "read", "a/", "2", "hours"]),
    ],
)
def test_an_option_takes_its_words_up_to_the_next_option(typed, read):
    """Unless some of them are the command's own, which it still lacks."""
    verb, *words = split(typed)

    assert joined(COMMANDS[verb], words) == read


@given(
    st.lists(WORDS, min_size=1, max_size=6),
    st.sampled_from(["--for", "--until", "--start", "--reason", "--to", "--as"]),
)
def test_after_level_and_place_every_word_is_the_options(words, option):
    """Nothing is guessed there: what is no value is refused as a whole."""
    assert joined(COMMANDS["grant"], ["s3", "read", "a/", option, *words]) == [
        option,
        " ".join(words),
        "s3",
        "read",
        "a/",
    ]


@pytest.mark.parametrize(
    ("arguments", "read"),
    [
        ("away --until 2026-12-07 09:00 --json", ["away", "--until", "2026-12-07 09:00", "--json"]),
        (f"glass close {ID} --note all is well", ["glass", "close", "--note", "all is well", ID]),
        ("operator panic --all --reason an intrusion", ["operator", "panic", "--all", "--reason", "an intrusion"]),
        (
            "robot add nightly --days 90 --about the export",
            ["robot", "add", "--days", "90", "--about", "the export", "nightly"],
        ),
        (f"exec {ID} -- sh -c echo 1", ["exec", ID, "--", "sh", "-c", "echo", "1"]),
        ("request --wait s3 read a/", ["request", "--wait", "s3", "read", "a/"]),
        ("--version", ["--version"]),
        ("nosuch --for 2 hours", ["nosuch", "--for", "2", "hours"]),
    ],
)
def test_on_the_command_line_too(arguments, read):
    """Where a shell keeps together only what is quoted, in every group of commands."""
    assert with_values_joined(arguments.split()) == read


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (
            "s3 read a/ --fro 2 hours --reason need it",
            Spoken(level="read", resource="a/", for_="2 hours", reason="need it"),
        ),
        ("s3 read,wirte a/ --for 2 hours", Spoken(level="read,wirte", resource="a/", for_="2 hours")),
        ("ec2 read a/x/ --reason x --for", Spoken(level="read", resource="a/x/", reason="x")),
        ("read a/ --for --reason x y", Spoken(level="read", resource="a/", reason="x y")),
        ("s3 read a/ too much --versions", Spoken(level="read", resource="a/", versions=True)),
        ("s3 read a/ --duration 3h --urgent=yes", Spoken(level="read", resource="a/", for_="3h")),
        ("s3 read a/ --xyzzy foo --reason bar", Spoken(level="read", resource="a/", reason="bar")),
        ("--for soon s3 read a/", Spoken(level="read", resource="a/", for_="soon")),
    ],
)
def test_a_form_keeps_what_was_understood_of_a_faulty_line(words, kept):
    """Level, place and every option that is one, or nearly; the fault itself is said above the form."""
    assert heard(split(words)) == kept
