"""A form speaks of its own fields, and denies nothing that was not decided."""

import pytest

from daypass.doors.slack.texts.form_words import in_form


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Denied: at most 2h (rule one). Try --for 2h.", "At most 2h (rule one). Try 2h at “For how long”."),
        (
            "Denied: x. Try s3 read a/b.csv --start 1h --for 7h55m.",
            "X. Try read at “Level of access”, a/b.csv at “Where”, 1h at “Not before”, 7h55m at “For how long”.",
        ),
        ('Denied: x. Try --reason "what you need it for".', 'X. Try "what you need it for" at “Why”.'),
        ("Denied: x. Try without --versions.", "X. Try without “Old versions of the objects”."),
        ("Denied: x. In an emergency, add --urgent.", "X. In an emergency, add “Break glass”."),
        ("Denied: x. Request it for that time with --start.", "X. Request it for that time with “Not before”."),
        ("Denied: x. `offers` lists what you can request.", "X. `/daypass offers` lists what you can request."),
        (
            "Say either for how long (--for 2h) or until when (--until 18:00), not both.",
            "Say either for how long (2h at “For how long”) or until when (until 18:00 at “For how long”), not both.",
        ),
        ("This is somebody else's.", "This is somebody else's."),
    ],
)
def test_a_form_calls_things_as_it_calls_them(said: str, shown: str):
    """No option of a command, and no denial where somebody only filled in a field."""
    assert in_form(said) == shown
