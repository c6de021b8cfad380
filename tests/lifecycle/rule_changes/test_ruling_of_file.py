"""The rules file while it is in force: every text that it had is a version that the journal tells of."""

from pathlib import Path

from structlog.testing import capture_logs

from daypass.doors.slack.owner_messages import TOLD as OWNERS_TOLD
from daypass.doors.slack.owner_messages import news
from daypass.lifecycle.rule_changes.file_source import FileWatch
from daypass.model.event import EntryKind
from daypass.model.principal import DAYPASS
from daypass.model.rule_change import RulesVersion
from daypass.store.rules_file import RulesFile
from daypass.store.rules_in_force import RulesInForce
from tests.lifecycle.rule_changes.conftest import LONGER, RULES, SHORTER, Ruled


def looks(ruled: Ruled, watch: FileWatch) -> int | None:
    """The chore comes round; gives the number of the version that it kept."""
    version = watch.look(now=ruled.clock())
    return version.number if version else None


def told(ruled: Ruled) -> list[tuple[object, object]]:
    """What the journal has of versions: each number, and its difference."""
    return [(one.details["version"], one.details["diff"]) for one in ruled.entries(EntryKind.RULES_CHANGED)]


def test_every_text_of_the_file_is_a_version_in_the_journal(ruled: Ruled):
    """With its difference; by Daypass, as nobody knows who edited it."""
    watch = FileWatch(ruled.rules, ruled.ledger)
    assert (looks(ruled, watch), looks(ruled, watch)) == (1, None)
    ruled.file.write_text(LONGER)
    assert (looks(ruled, watch), looks(ruled, watch)) == (2, None)

    [first, second] = told(ruled)
    assert first == (1, None)
    assert "-    for: {default: 1h, max: 8h}\n+    for: {default: 1h, max: 12h}" in str(second[1])
    assert [one.text for one in ruled.ledger.all(RulesVersion, owner=DAYPASS)] == [LONGER, RULES]


def test_replicas_with_different_files_do_not_go_on_outdoing_each_other(ruled: Ruled, tmp_path: Path):
    """As while one is given a new file before the other: each text is kept once."""
    other = tmp_path / "other.yaml"
    other.write_text(SHORTER)
    here = FileWatch(ruled.rules, ruled.ledger)
    there = FileWatch(RulesInForce(ruled.ledger, RulesFile(other)), ruled.ledger)

    assert [looks(ruled, watch) for watch in (here, there, here, there, here)] == [1, 2, None, None, None]


def test_a_file_that_is_not_in_force_or_cannot_be_read_is_no_version(ruled: Ruled):
    """Once a change was applied, editing the file changes nothing."""
    watch = FileWatch(ruled.rules, ruled.ledger)
    ruled.file.write_text("rules: [")
    assert looks(ruled, watch) is None
    ruled.file.write_text(RULES)
    ruled.approve(ruled.propose(LONGER))
    ruled.file.write_text(SHORTER)

    assert looks(ruled, watch) is None
    assert [version for version, _ in told(ruled)] == [1, 2]


def test_what_a_proposal_is_made_from_is_told_before_it(ruled: Ruled):
    """Also when nobody has looked at the file yet."""
    ruled.propose(LONGER)

    assert told(ruled) == [(1, None)]


def test_each_edit_of_a_file_that_is_not_in_force_is_told_once(ruled: Ruled):
    """By whichever replica sees it first, and again after a restart not."""
    ruled.approve(ruled.propose(LONGER))
    watches = [FileWatch(ruled.rules, ruled.ledger), FileWatch(ruled.replica(), ruled.ledger)]
    counts = []
    for text in (
        RULES,
        f"# daypass rules, version 2\n{LONGER}",
        SHORTER,
        SHORTER,
        RULES,
        SHORTER + "# more\n",
        "rules: [",
    ):
        ruled.file.write_text(text)
        with capture_logs() as logs:
            assert [looks(ruled, watch) for watch in (*watches, FileWatch(ruled.rules, ruled.ledger))] == [None] * 3
        counts.append((len(ruled.entries(EntryKind.RULES_FILE_IGNORED)), {one["event"] for one in logs}))

    seen = {"rules.file_ignored"}
    assert [number for number, _ in counts] == [0, 0, 1, 1, 1, 2, 2]
    assert [bool(events & seen) for _, events in counts] == [False, False, True, True, False, True, False]
    assert EntryKind.RULES_FILE_IGNORED in OWNERS_TOLD
    assert "nothing changed: version 2 is in force" in news(ruled.entries(EntryKind.RULES_FILE_IGNORED)[0])
    assert {one.details["version"] for one in ruled.entries(EntryKind.RULES_FILE_IGNORED)} == {2}
