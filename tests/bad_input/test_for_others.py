"""Words that are wrong where somebody asks for others, in advance, again and again, or in an emergency; and robots."""

import re

import pytest

from tests.bad_input.firm import ALICE, BOB, DAVE, Firm
from tests.bad_input.page import says

PLACE = "acme-reports/2026/"
SAID = [
    ("`grant` without --to", ALICE, f"grant s3 read {PLACE} --for 2h --reason INC-42"),
    ("a colleague who is no id", ALICE, f"grant s3 read {PLACE} --to bob --for 2h --reason INC-42"),
    ("a colleague whom no rule names", ALICE, f"grant s3 read {PLACE} --to U0DAVE --for 2h --reason INC-42"),
    ("days that there are not", ALICE, f'request s3 read {PLACE} --every "mondayish 09:00-10:00" --for 2w --reason x'),
    ("days without hours", ALICE, f"request s3 read {PLACE} --every weekdays --for 2w --reason x"),
    ("again and again without an end", ALICE, f'request s3 read {PLACE} --every "weekdays 09:00-10:00" --reason x'),
    ("`allow` without --window", BOB, "allow s3 read acme-reports/ --to U0ALICE --for 2h"),
    ("`allow` for oneself", BOB, "allow s3 read acme-reports/ --to U0BOB --for 2h --window 7d"),
    ("`allow` for a year", BOB, "allow s3 read acme-reports/ --to U0ALICE --for 2h --window 360d"),
    (
        "a reason that turns the writing round",
        ALICE,
        f'request s3 read {PLACE} --for 2h --reason "INC-42 \u202edevorppa"',
    ),
    ("`withdraw` of nothing", BOB, "withdraw k3m9xw2p7qrs"),
    ("`again` before anything was asked for", DAVE, "again"),
    ("`away` without --until", BOB, "away"),
    ("`away` until yesterday", BOB, "away --until 2020-01-01T09:00Z"),
    ("`away`, and oneself decides meanwhile", BOB, 'away --until "tomorrow 09:00" --to U0BOB'),
    (
        "urgent, where no rule is for emergencies",
        ALICE,
        "request s3 write acme-uploads/inbox/ --urgent --reason INC-42",
    ),
]


@pytest.mark.parametrize(("wrong", "who", "typed"), SAID, ids=[wrong for wrong, _, _ in SAID])
def test_a_wrong_word_gets_its_sentence(firm: Firm, wrong: str, who: str, typed: str) -> None:
    """In Slack, for this person alone."""
    says(wrong, "Slack", firm.types(who, typed))


def test_what_is_lent_already_is_neither_taken_back_nor_shortened(firm: Firm) -> None:
    """Alice has two hours: one hour more from now on is less, and `cancel` is for what waits."""
    firm.types(ALICE, f"request s3 read {PLACE} --for 2h --reason lent-already")
    firm.person(BOB).click(firm.question("lent-already"), "review.approve")
    firm.told(ALICE, "*Live*")
    card = firm.person(ALICE).wait_for_message("You asked")
    asked = re.search(r"Id `(\w+)`", card.visible_text)
    assert asked is not None

    less = firm.types(ALICE, f"extend {asked[1]} --for 1h")
    says(
        "more time that is less",
        "Slack",
        re.sub(r"1 hour 59 minutes( \d+ seconds?)?|2 hours", "1 hour 59 minutes", less),
    )
    over = firm.types(ALICE, f"cancel {asked[1]}")
    says("`cancel` of what was approved", "Slack", re.sub(r"on \d+ \w+ at \d\d:\d\d", "on 30 Nov at 10:37", over))


ROBOTS = [
    ("a robot's name that cannot be", ["robot", "add", "Nightly Export", "--days", "30"]),
    ("a robot that may decide", ["robot", "add", "clerk", "--days", "30", "--scope", "decide"]),
    ("a robot with a token for ten years", ["robot", "add", "clerk", "--days", "3650"]),
    (
        "a robot with an issuer that nobody trusts",
        ["robot", "add", "ci", "--issuer", "https://ci.example.com", "--audience", "daypass", "--claim", "sub=ci"],
    ),
    ("a robot that there is not", ["robot", "rotate", "nobody", "--days", "30"]),
]


@pytest.mark.parametrize(("wrong", "words"), ROBOTS, ids=[wrong for wrong, _ in ROBOTS])
def test_a_robot_that_cannot_be_gets_its_sentence(firm: Firm, wrong: str, words: list[str]) -> None:
    """Bob owns the rules, so it is the robot that is wrong."""
    firm.logs_in(BOB)
    ran = firm.runs(BOB, *words)

    assert (ran.code, ran.out) == (1, "")
    says(wrong, "command line", ran.err)


def test_a_robot_never_decides(firm: Firm) -> None:
    """With its token, whatever it is told to do; and a logout leaves the token good."""
    firm.types(ALICE, f"request s3 read {PLACE} --for 2h --reason not-for-robots")
    asked = re.search(r"daypass show ([a-z0-9]{12})|([a-z2-9]{12})", firm.question("not-for-robots").visible_text)
    firm.logs_in(BOB)
    token = firm.runs(BOB, "robot", "add", "clerk", "--days", "30").out.strip()

    assert asked is not None
    said = firm.runs(BOB, "approve", asked[1] or asked[2], DAYPASS_TOKEN=token)
    assert said.code == 1
    says("a robot's token for an approval", "command line", said.err)
    says("a robot that logs out", "command line", firm.runs(BOB, "logout", DAYPASS_TOKEN=token).err)


def test_a_code_that_was_never_sealed_breaks_no_glass(firm: Firm) -> None:
    """Nor does a command without one."""
    words = ["glass", "break", "s3", "read", PLACE, "--for", "1h", "--reason", "INC-42"]

    says("glass broken without a code", "command line", firm.runs(DAVE, *words).err)
