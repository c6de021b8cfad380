"""What the command prints moves no terminal: a sign that nobody sees is shown as JSON writes it."""

import json

import pytest

from daypass.doors.cli.printable import shown


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a\x9b31mb", r"a\u009b31mb"),
        ("a\x1b[2Jb", r"a\u001b[2Jb"),
        ("a\u202eb\u2028\x85c", r"a\u202eb\u2028\u0085c"),
        ("q1\xad.csv\r", r"q1\u00ad.csv\u000d"),
        ("\U000e0041x", r"\udb40\udc41x"),
        ("\udc9b", r"\udc9b"),
        ("Zoë\t“x”\n👩‍💻 क‍ष", "Zoë\t“x”\n👩‍💻 क‍ष"),
    ],
)
def test_a_sign_that_nobody_sees_is_shown(text, printed):
    """What is seen, with the joiners of letters and emoji, stays as it is."""
    assert shown(text) == printed


def test_json_says_the_same_as_before():
    """Its escapes are JSON's own."""
    said = {"name": "a\x9b\u202e\U000e0041\x7f"}

    assert json.loads(shown(json.dumps(said, ensure_ascii=False, indent=2))) == said


def test_a_command_prints_no_control_of_what_somebody_wrote(ann):
    """Here of an id, which the refusal repeats on standard error."""
    ran = ann("show", "\x9b31m\u202e")

    assert ran.code == 1
    assert r"\u009b31m\u202e" in ran.err
    assert not set("\x9b\u202e") & set(ran.err)
