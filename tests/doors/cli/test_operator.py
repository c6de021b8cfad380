"""`daypass operator ...` as whoever runs Daypass types it: on the machine, by the settings and the database alone."""

import getpass
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from daypass.__main__ import _Operator
from daypass.doors.cli.context import OperatorCommands
from daypass.doors.cli.main import run
from daypass.lifecycle.freezes.gate import freezes
from daypass.lifecycle.leavers.notice import GRACE, held, notice, settle
from daypass.model.departure import DepartureSource
from daypass.model.event import EntryKind
from daypass.model.principal import OPERATOR, PrincipalId
from daypass.model.request import RequestState
from tests.doors.cli.conftest import Ran, Terminal
from tests.flow.conftest import Walk
from tests.keys import SIGNER, write_key
from tests.makers import ANN, RULES

Type = Callable[..., Ran]


@pytest.fixture
def walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walk]:
    """A Daypass, and the settings of the machine that it runs on."""
    walk = Walk(f"sqlite:///{tmp_path / 'daypass.db'}")
    walk.clock.now = datetime.now(UTC)  # the command has the machine's own clock
    write_key(tmp_path / "journal.key")
    (tmp_path / "rules.yaml").write_text(RULES)
    for name, value in settings(tmp_path).items():
        monkeypatch.setenv(name, value)
    yield walk
    walk.end()


def settings(folder: Path) -> dict[str, str]:
    """What the machine is told."""
    return {
        "DAYPASS_STORE_URL": f"sqlite:///{folder / 'daypass.db'}",
        "DAYPASS_JOURNAL_KEY_FILE": str(folder / "journal.key"),
        "DAYPASS_JOURNAL_ORIGIN": SIGNER.name,
        "DAYPASS_RULES_FILE": str(folder / "rules.yaml"),
    }


def _not_run(*_said: Any) -> Any:
    raise AssertionError


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type a command; nobody is there to answer a question."""
    house = OperatorCommands(
        serve=_not_run,
        work=_not_run,
        migrate=_not_run,
        doctor=_not_run,
        back_to_file=_not_run,
        operator=_Operator(),
        accept_journal=_not_run,
        demo=_not_run,
        mcp=_not_run,
    )

    monkeypatch.setattr("sys.stdin", io.StringIO())

    def type_(*words: str) -> Ran:
        code = run(["operator", *words], house)
        out, err = capsys.readouterr()
        return Ran(code=code, out=out, err=err)

    return type_


def test_the_operator_ends_one_thing_and_the_journal_has_their_user(walk: Walk, alone: Terminal, tmp_path: Path):
    """As a process of its own, where no service can be reached and nobody is logged in."""
    request = walk.ask()
    ran = alone("operator", "end", request.id, "--reason", "a test", **settings(tmp_path))

    assert (ran.code, ran.out, ran.err) == (0, f"{request.id}: the request ends now.\n", "")
    assert walk.ledger.request(request.id).state is RequestState.DENIED
    (denied,) = walk.told(request.id, EntryKind.REQUEST_DENIED)
    assert denied.actor == OPERATOR
    assert f"as {getpass.getuser()}. a test" in str(denied.details["reason"])


def test_a_panic_asks_first_and_then_says_what_ended_and_how_it_is_lifted(walk: Walk, typed: Type):
    """Where nobody can be asked nothing ends; a person who is not clear is refused before anybody is asked."""
    active = walk.active()
    asked = typed("panic", "--all")
    assert (asked.code, "Everything ends now. Go on?" in asked.err, "say --yes" in asked.err) == (1, True, True)
    assert "does not say exactly who" in typed("panic", "--person", "@ann").err
    assert freezes(walk.ledger) == ()

    ran = typed("panic", "--all", "--reason", "intrusion", "--yes")
    (made,) = freezes(walk.ledger)
    assert ran.code == 0
    assert ran.out == (
        "Ended: 1 grant.\n"
        f"{made.id}: everything is frozen, by the operator (intrusion). Two owners of the rules lift it: "
        f"daypass lift {made.id}.\n"
    )
    assert typed("end", active.id).code == 1


def test_the_operator_lists_freezes_and_lifts_one_where_the_rules_name_no_owners(
    walk: Walk, typed: Type, tmp_path: Path
):
    """Where they do, the owners lift it."""
    typed("freeze", "--person", ANN)
    (made,) = freezes(walk.ledger)
    assert typed("freeze").out.startswith(f"{made.id}: U0ANN is frozen")
    (tmp_path / "rules.yaml").write_text(RULES.replace("version: 1", "version: 1\nowners: {people: [U0BOB]}"))
    assert "two of them lift" in typed("lift", made.id).err
    assert freezes(walk.ledger) == (made,)
    (tmp_path / "rules.yaml").write_text(RULES)

    assert typed("lift", made.id).out == f"{made.id}: lifted.\n"
    assert typed("freeze").out == "Nothing is frozen.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("end", "nope"), "is not the id of a request"),
        (("end", "abcdefgh2345"), "There is no grant, request or approval in advance"),
        (("panic",), "Say what it is about"),
        (("freeze", "--person", ANN, "--all"), "only one of them"),
        (("lift", "abcdefgh2345"), "No freeze abcdefgh2345 stands"),
        (("erase",), "Say whose words"),
        (("erase", "--person", ANN), "Nothing was erased; where nobody can be asked, say --yes."),
        (("leavers", "--confirm", "--dismiss"), "not both"),
        (("leavers", "--confirm", "--yes"), "Nobody waits for that"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(
    walk: Walk, typed: Type, words: tuple[str, ...], said: str
):
    """With a code of its own, and without asking for something that is refused anyway."""
    before = len(walk.journal())
    ran = typed(*words)

    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert len(walk.journal()) == before


def test_the_operator_erases_a_persons_words(walk: Walk, typed: Type):
    """One is not many, and what is not over yet is counted."""
    walk.ask()

    assert typed("erase", "--person", ANN, "--yes").out == (
        "Erased 1 text beside the journal, and those in 0 rows that are over. 1 more is not over yet; "
        "erase again later.\n"
    )


@pytest.mark.parametrize(
    ("word", "kind", "said"),
    [
        ("--confirm", EntryKind.LEAVER_CONFIRMED, "All that they have ends within seconds"),
        ("--dismiss", EntryKind.LEAVER_DISMISSED, "Nothing of theirs ends"),
    ],
)
def test_the_operator_decides_on_leavers_without_slack_and_without_an_owner(
    walk: Walk, typed: Type, word: str, kind: EntryKind, said: str
):
    """Listed first; confirmed only after a question; in the journal with the user of the machine."""
    for number in range(21):
        notice(PrincipalId(f"U0P{number:02d}"), DepartureSource.EVENT, ledger=walk.ledger, now=walk.clock())
    settle(ledger=walk.ledger, logins=walk.logins, now=walk.clock.forward(GRACE))
    assert "U0P20" in typed("leavers").out
    if word == "--confirm":
        assert "Nothing was ended" in typed("leavers", word).err
    assert len(held(walk.ledger)) == 21

    assert typed("leavers", word, "--yes").out.startswith(f"{said}: U0P")
    assert held(walk.ledger) == []
    told = [one for one in walk.journal() if one.kind is kind]
    assert {(one.actor, one.details["os_user"]) for one in told} == {(OPERATOR, getpass.getuser())}
    assert len(told) == 21


def test_what_the_operator_decides_on_leavers_is_dated_by_the_database(
    walk: Walk, typed: Type, monkeypatch: pytest.MonkeyPatch
):
    """A machine whose clock is years off dates nothing."""
    for number in range(21):
        notice(PrincipalId(f"U0P{number:02d}"), DepartureSource.EVENT, ledger=walk.ledger, now=walk.clock())
    settle(ledger=walk.ledger, logins=walk.logins, now=walk.clock.forward(GRACE))
    off = datetime(2001, 1, 1, tzinfo=UTC)
    monkeypatch.setattr("daypass.wiring.operator.now", lambda: off)
    typed("leavers", "--dismiss", "--yes")

    told = {one.at for one in walk.journal() if one.kind is EntryKind.LEAVER_DISMISSED}
    assert len(told) == 1
    assert off not in told
