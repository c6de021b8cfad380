"""The rules in force: the file until a change is applied, the newest version from then on, and nothing in between."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from daypass.lifecycle.rule_changes.versions import FROM_THE_FILE, digest_of, kept
from daypass.model.errors import Misconfigured, RulesUnreadable
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.principal import DAYPASS
from daypass.model.rule_change import RulesVersion
from daypass.store.database import Database
from daypass.store.ledger import SqlLedger
from daypass.store.rules_file import RulesFile
from daypass.store.rules_in_force import RulesInForce
from daypass.store.tables import records
from tests.makers import ANN, HOUR, NOON

RULES = """
version: 1
rules:
  - id: {id}
    who: {{people: [U0ANN]}}
    may: [read]
    on: ["acme-reports/**"]
    for: {{default: 1h, max: 8h}}
    approve: at-once
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a good rules file."""
    file = tmp_path / "rules.yaml"
    file.write_text(RULES.format(id="file"))
    return file


def _version(number: int, rule: str, **changes: object) -> RulesVersion:
    text = RULES.format(id=rule)
    made = RulesVersion(
        number=number, text=text, digest=digest_of(text), author=ANN, at=NOON, change=GrantId("abcdefgh2345")
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # any field of the value


def _keep(ledger: SqlLedger, *versions: RulesVersion) -> None:
    event = Event(kind=EntryKind.RULES_CHANGED, at=NOON, actor=ANN)
    ledger.record(*(Fact(event=event, changes=(version,), told=False) for version in versions))


def _from_file(number: int, rule: str) -> RulesVersion:
    return _version(number, rule, author=DAYPASS, change=None, note=FROM_THE_FILE)


def _ids(rules: RulesInForce) -> list[str]:
    return [rule.id for rule in rules().rules]


def test_without_any_version_the_file_is_in_force_as_the_first(ledger: SqlLedger, path: Path):
    """By Daypass itself, and not kept yet."""
    rules = RulesInForce(ledger, RulesFile(path))
    version = rules.version(NOON)

    assert _ids(rules) == ["file"]
    assert (version.number, version.revision, version.author) == (1, 0, DAYPASS)
    assert version.digest == rules().digest


def test_a_kept_text_of_the_file_does_not_put_the_file_out_of_force(ledger: SqlLedger, path: Path):
    """A proposal that nobody has agreed to freezes nothing."""
    _keep(ledger, _from_file(1, "file"))
    rules = RulesInForce(ledger, RulesFile(path))
    assert (rules.version(NOON).number, rules.version(NOON).revision) == (1, 1)

    path.write_text(RULES.format(id="edited"))

    assert _ids(rules) == ["edited"]
    assert (rules.version(NOON).number, rules.version(NOON).revision) == (2, 0)


def test_from_the_first_applied_change_on_the_newest_version_is_in_force(ledger: SqlLedger, path: Path):
    """Whatever becomes of the file."""
    rules = RulesInForce(ledger, RulesFile(path))
    assert _ids(rules) == ["file"]

    _keep(ledger, _from_file(1, "file"), _version(2, "second"))
    assert _ids(rules) == ["second"]
    _keep(ledger, _version(3, "third"))
    path.write_text("no rules at all")

    assert _ids(rules) == ["third"]
    assert rules.version(NOON).number == 3


def test_replicas_see_a_new_version_at_their_next_look(database: Database, path: Path):
    """Each with what it remembers of its own."""
    ledgers = [SqlLedger(database), SqlLedger(database)]
    replicas = [RulesInForce(ledger, RulesFile(path)) for ledger in ledgers]
    _keep(ledgers[0], _from_file(1, "file"), _version(2, "second"))
    assert [_ids(replica) for replica in replicas] == [["second"], ["second"]]

    _keep(ledgers[1], _version(3, "third"))

    assert [_ids(replica) for replica in replicas] == [["third"], ["third"]]


def test_an_unchanged_version_is_parsed_once(ledger: SqlLedger, path: Path):
    """Asking again gives the same book."""
    _keep(ledger, _from_file(1, "file"), _version(2, "second"))
    rules = RulesInForce(ledger, RulesFile(path))

    assert rules() is rules()


def test_the_newest_version_is_the_one_of_the_highest_number(ledger: SqlLedger, path: Path):
    """Not the one of the fastest clock."""
    _keep(ledger, _from_file(1, "file"), _version(2, "second", at=NOON + HOUR), _version(3, "third", at=NOON))

    assert _ids(RulesInForce(ledger, RulesFile(path))) == ["third"]


def test_the_eleventh_version_comes_after_the_ninth(ledger: SqlLedger, path: Path):
    """Numbers are compared, not their letters."""
    rules = RulesInForce(ledger, RulesFile(path))
    _keep(ledger, _from_file(1, "file"), *(_version(number, f"rule-{number}") for number in range(2, 12)))

    assert (_ids(rules), rules.version(NOON).number) == (["rule-11"], 11)


def test_a_version_that_cannot_be_parsed_refuses_everything(ledger: SqlLedger, path: Path):
    """Neither the version before it nor the file takes its place."""
    text = RULES.format(id="second").replace("read", "reed")
    _keep(ledger, _from_file(1, "file"), _version(2, "second", text=text, digest=digest_of(text)))

    with pytest.raises(RulesUnreadable, match="version 2:6"):
        RulesInForce(ledger, RulesFile(path))()


def test_a_text_that_is_not_its_digests_refuses_everything(ledger: SqlLedger, path: Path):
    """Somebody changed it in the database, past the two owners."""
    _keep(ledger, _from_file(1, "file"), _version(2, "second", text=RULES.format(id="forged")))

    with pytest.raises(RulesUnreadable, match="not the one that was approved"):
        RulesInForce(ledger, RulesFile(path))()


@pytest.mark.parametrize("seen", [True, False])
def test_a_damaged_row_refuses_everything(database: Database, ledger: SqlLedger, path: Path, seen: bool):
    """Whether a replica knew the version before it or not, it never falls back."""
    rules = RulesInForce(ledger, RulesFile(path))
    _keep(ledger, _from_file(1, "file"), _version(2, "second"))
    if seen:
        rules()
    _keep(ledger, _version(3, "third"))
    with database.writing() as connection:
        connection.execute(update(records).where(records.c.id == "rules-version/00000003").values(body="{}"))

    for ask in (rules, lambda: rules.version(NOON)):
        with pytest.raises(RulesUnreadable, match="version 3"):
            ask()


def test_a_damaged_row_that_seems_older_refuses_everything_too(database: Database, ledger: SqlLedger, path: Path):
    """Its moment was changed with it, so that the version before it looks like the newest."""
    _keep(ledger, _from_file(1, "file"), _version(2, "second"), _version(3, "third"))
    with database.writing() as connection:
        damaged = update(records).where(records.c.id == "rules-version/00000003")
        connection.execute(damaged.values(body="{}", at=NOON - HOUR))

    with pytest.raises(RulesUnreadable, match="version 3"):
        RulesInForce(ledger, RulesFile(path))()


def test_a_file_that_is_not_in_force_is_noticed_once(ledger: SqlLedger, path: Path):
    """Whoever edits it in vain finds it in the log."""
    _keep(ledger, _from_file(1, "file"), _version(2, "second"))
    path.write_text(RULES.format(id="edited"))
    rules = RulesInForce(ledger, RulesFile(path))

    with capture_logs() as logs:
        rules()
        rules()

    assert [(line["event"], line["log_level"]) for line in logs] == [("rules.file_ignored", "warning")]


@pytest.mark.parametrize("rule", ["file", "second"])
def test_a_file_that_says_what_it_said_or_what_is_in_force_is_not_noticed(ledger: SqlLedger, path: Path, rule: str):
    """It is as it was, or somebody put the rules of now there."""
    _keep(ledger, _from_file(1, "file"), _version(2, "second"))
    path.write_text(RULES.format(id=rule))

    with capture_logs() as logs:
        RulesInForce(ledger, RulesFile(path))()

    assert logs == []


def test_a_file_that_is_gone_hides_nothing(ledger: SqlLedger, path: Path):
    """Once the versions count, they count without it; before, nothing is lent."""
    path.unlink()
    rules = RulesInForce(ledger, RulesFile(path))
    for ask in (rules, lambda: rules.version(NOON)):
        with pytest.raises(RulesUnreadable):
            ask()

    _keep(ledger, _from_file(1, "file"), _version(2, "second"))

    assert _ids(rules) == ["second"]


def test_the_versions_of_the_file_are_in_the_order_of_time(ledger: SqlLedger, path: Path):
    """Also when this replica's clock is behind the one that kept the last."""
    _keep(ledger, replace(_from_file(1, "older"), at=NOON + HOUR))

    assert RulesInForce(ledger, RulesFile(path)).version(NOON).at == NOON + HOUR
    assert RulesInForce(ledger, RulesFile(path)).version(NOON + timedelta(hours=2)).at == NOON + 2 * HOUR


def test_a_house_that_only_reads_a_file_keeps_no_versions(path: Path):
    """Whoever would change its rules is told to change the file."""
    with pytest.raises(Misconfigured, match="keeps no versions"):
        kept(RulesFile(path))


def test_a_house_that_keeps_versions_is_taken_as_one(ledger: SqlLedger, path: Path):
    """As what it is."""
    rules = RulesInForce(ledger, RulesFile(path))

    assert kept(rules) is rules
