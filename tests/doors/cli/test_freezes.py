"""`panic`, `freeze`, `lift` and `login --only-end`, as people type them."""

import pytest

from daypass.lifecycle.break_glass.codes import seal
from daypass.lifecycle.freezes.freeze import freeze
from daypass.lifecycle.freezes.gate import freezes
from daypass.model.freeze import Extent
from tests.doors.cli.conftest import Terminal
from tests.doors.house import RULES, House
from tests.makers import ANN, BOB, EVE

LIFT = "Two owners of the rules lift it: daypass lift"


@pytest.fixture
def owned(house: House) -> House:
    """Bob and Eve own the rules."""
    house.rules.write_text(RULES.replace("version: 1\n", "version: 1\nowners: {people: [U0BOB, U0EVE]}\n"))
    return house


def test_what_somebody_froze_by_a_panic_two_owners_lift(owned: House, ann: Terminal, bob: Terminal, eve: Terminal):
    """Ann panics about herself, which ends her login too; then it takes both owners."""
    ran = ann("panic", "--person", ANN, "--reason", "laptop stolen", "--yes")
    (made,) = freezes(owned.ledger)
    assert ran.out == (
        f"Ended: 1 login.\n{made.id}: U0Ann (U0ANN) is frozen, by U0Ann (laptop stolen). {LIFT} {made.id}.\n"
    )
    assert ann("ls").code == 1

    assert "a second owner of the rules has to say so too" in bob("lift", made.id).out
    assert eve("lift", made.id).out == f"{made.id}: lifted.\n"
    assert freezes(owned.ledger) == ()


def test_freezes_are_listed_with_who_has_agreed_to_lift_them(owned: House, bob: Terminal):
    """And nothing ends while nobody can be asked whether it is meant."""
    services = owned.services
    known = services.enders
    made = freeze(Extent(everything=True), by=EVE, reason="", enders=known, now=owned.clock())
    bob("lift", made.id)

    assert bob("freeze").out == (
        f"{made.id}: everything is frozen, by U0Eve. {LIFT} {made.id}. U0Bob has agreed to lift it; a second owner has "
        "to.\n"
    )
    assert "Everything that you may end ends now. Go on?" in bob("panic", "--all").err


def test_a_panic_names_whom_it_would_end_before_it_does(owned: House, bob: Terminal):
    """A wrong id is seen in time; where nobody can say the name, the id alone is asked about."""
    assert "Everything that you may end of U0Ann (U0ANN) ends now. Go on?" in bob("panic", "--person", ANN).err
    assert "of U0NOBODY, whose name is not known here, ends now" in bob("panic", "--person", "U0NOBODY").err
    assert freezes(owned.ledger) == ()


@pytest.mark.parametrize("said", [("--person", ""), ("--resource", ""), ("--reason", "laptop stolen")])
@pytest.mark.parametrize("before", [(), ("operator",)], ids=["owner", "operator"])
def test_a_freeze_of_nothing_is_not_taken_for_a_list(
    owned: House, bob: Terminal, before: tuple[str, ...], said: tuple[str, str]
):
    """A script whose variable is not set must not go on as if it had frozen somebody."""
    ran = bob(*before, "freeze", *said)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Say ")


def test_an_owner_who_lifts_a_freeze_twice_reads_that_somebody_else_has_to(owned: House, ann: Terminal, bob: Terminal):
    """Everybody may know that it stands, so it is not said to be unknown."""
    ann("panic", "--person", ANN, "--yes")
    (made,) = freezes(owned.ledger)
    bob("lift", made.id)

    assert "You have said so already; a second owner of the rules has to." in bob("lift", made.id).err


def test_a_code_opens_a_quarter_of_an_hour_that_only_ends_things(owned: House, nobody: Terminal):
    """While nobody can log in; whatever else is typed is refused in a sentence."""
    services = owned.services
    codes = seal(BOB, count=1, days=30, judge=services.judge, now=owned.clock()).codes
    owned.directory.away = True
    assert "--person WHO for your passkey, or --code-prompt" in nobody("login", "--only-end").err
    ran = nobody("login", "--only-end", "--code-file", "-", given=codes[0])

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("You can end things as U0BOB until ")
    assert nobody("offers").code == 1
    assert nobody("freeze", "--person", ANN).out.splitlines()[0].count("U0ANN is frozen, by U0Bob") == 1
