"""The rules from the command line: pulled, planned, applied, agreed to by another owner, never over somebody's work."""

from pathlib import Path

import pytest

from daypass.model.principal import PrincipalId
from tests.doors.cli.conftest import Terminal
from tests.doors.house import RULES, House

OWNED = RULES.lstrip().replace("version: 1\n", "version: 1\nowners: {people: [U0ANN, U0BOB]}\n")


@pytest.fixture(autouse=True)
def owned(house: House) -> None:
    """Ann and Bob own the rules."""
    house.rules.write_text(OWNED)


@pytest.fixture
def file(ann: Terminal, tmp_path: Path) -> Path:
    """Ann has pulled the rules into a file."""
    path = tmp_path / "mine.yaml"
    assert ann("rules", "pull", str(path)).code == 0
    return path


def _longer(file: Path) -> None:
    file.write_text(file.read_text().replace("max: 8h", "max: 12h"))


def _applied(ann: Terminal, bob: Terminal, file: Path) -> str:
    _longer(file)
    change: str = ann("rules", "apply", str(file), "--json").json["id"]
    assert bob("rules", "approve", change).code == 0
    return change


def test_a_pulled_file_says_which_version_it_is(ann: Terminal, file: Path):
    """In its first line; the rest is the rules, to the letter, in a file as on the standard output."""
    assert file.read_text() == f"# daypass rules, version 1\n{OWNED}"
    assert ann("rules", "pull").out == file.read_text()


def test_a_change_goes_from_one_owners_file_into_force_by_the_other(
    ann: Terminal, bob: Terminal, file: Path, house: House
):
    """Planned, applied, looked at, approved; and the line about the version is no part of the rules."""
    _longer(file)

    planned = ann("rules", "plan", str(file))
    assert "+    for: {default: 1h, max: 12h}" in planned.out
    assert "2 people gain, 0 lose" in planned.out
    assert "U0Ann" in planned.out
    assert "U0ANN" not in planned.out.partition("\n- Rule")[2], "people are named in sentences, and not called by id"
    applied = ann("rules", "apply", str(file), "--note", "long nights", "--json")
    change = applied.json["id"]
    assert "long nights" in bob("rules", "changes").out
    assert "+    for: {default: 1h, max: 12h}" in bob("rules", "changes", change).out
    approved = bob("rules", "approve", change, "--note", "right")

    assert approved.out == f"{change}: in force as version 2.\n"
    assert house.services.rules().name == "version 2"
    assert ann("rules", "history", "2").out == OWNED.replace("max: 8h", "max: 12h")
    assert ann("rules", "changes").out == "No change of the rules waits.\n"


def test_a_plan_proposes_nothing(ann: Terminal, bob: Terminal, file: Path):
    """However often it is asked for."""
    _longer(file)
    ann("rules", "plan", str(file))

    assert bob("rules", "changes", "--all").out == "No change of the rules waits.\n"


def test_whoever_was_overtaken_is_told_by_whom(ann: Terminal, bob: Terminal, file: Path, tmp_path: Path):
    """Nobody's change is undone by somebody who has not seen it."""
    bobs = tmp_path / "bobs.yaml"
    bob("rules", "pull", str(bobs))
    _applied(ann, bob, file)
    bobs.write_text(bobs.read_text().replace("max: 8h", "max: 2h"))

    refused = bob("rules", "apply", str(bobs))

    assert (refused.code, refused.out) == (1, "")
    assert refused.err == "Version 2 came meanwhile, by U0Ann; pull it and make your change anew from that.\n"


def test_faults_are_told_by_the_files_own_lines(ann: Terminal, file: Path):
    """The first line of the file counts, though it is not sent."""
    lines = file.read_text().splitlines()
    wrong = next(number for number, line in enumerate(lines, 1) if "may: [list, read]" in line)
    file.write_text(file.read_text().replace("may: [list, read]", "may: [list, reed]"))

    for verb in ("plan", "apply"):
        refused = ann("rules", verb, str(file))
        assert refused.code == 1
        assert f"\n{file}:{wrong}: “reed”" in refused.err


def test_a_file_that_does_not_say_its_version_needs_to_be_told(ann: Terminal, tmp_path: Path):
    """Otherwise it could undo what nobody here has read."""
    path = tmp_path / "written.yaml"
    path.write_text(OWNED.replace("max: 8h", "max: 12h"))

    refused = ann("rules", "apply", str(path))
    assert (refused.code, "rules pull" in refused.err) == (1, True)
    assert ann("rules", "apply", str(path), "--base", "1").code == 0


def test_an_older_version_goes_back_into_force_as_a_new_one(ann: Terminal, bob: Terminal, file: Path, tmp_path: Path):
    """By the same two people."""
    _applied(ann, bob, file)
    old = tmp_path / "old.yaml"
    old.write_text(ann("rules", "history", "1").out)

    change = bob("rules", "apply", str(old), "--base", "2", "--json").json["id"]
    assert ann("rules", "approve", change).out == f"{change}: in force as version 3.\n"
    assert ann("rules", "history", "3").out == OWNED


def test_a_file_that_is_in_force_is_planned_applied_and_pulled_in_peace(ann: Terminal, bob: Terminal, file: Path):
    """As it lies in git after it was approved, with the version that it was made from in its first line."""
    _applied(ann, bob, file)
    said = f"{file} is in force as version 2; nothing would change.\n"

    assert (ann("rules", "plan", str(file)).out, ann("rules", "apply", str(file)).out) == (said, said)
    assert ann("rules", "apply", str(file), "--json").json == {"unchanged": True, "version": 2}
    assert ann("rules", "pull", str(file)).code == 0
    assert file.read_text().startswith("# daypass rules, version 2\n")


def test_pulling_never_writes_over_somebodys_work(ann: Terminal, bob: Terminal, file: Path):
    """Over what was only pulled it does; over changes when told to."""
    work = file.read_text().replace("max: 8h", "max: 3h")
    clean = file.read_text()
    _applied(ann, bob, file)
    file.write_text(clean)
    assert ann("rules", "pull", str(file)).code == 0
    assert file.read_text().startswith("# daypass rules, version 2\n")

    file.write_text(work)
    refused = ann("rules", "pull", str(file))
    assert (refused.code, file.read_text()) == (1, work)
    assert ann("rules", "pull", str(file), "--force").code == 0
    assert file.read_text() != work


def test_a_watched_change_lists_its_differences(ann: Terminal, bob: Terminal, file: Path):
    """None yet, and it says until when it watches."""
    _longer(file)
    change = ann("rules", "apply", str(file), "--shadow", "7d", "--json").json["id"]

    assert "watch until" in bob("rules", "changes", change).out
    assert bob("rules", "differences", change).out == "It would have decided nothing otherwise so far.\n"


def test_a_change_that_was_overtaken_waits_for_nobody_and_says_why(ann: Terminal, bob: Terminal, file: Path):
    """It is closed with the change that overtook it: nobody clicks on it in vain."""
    file.write_text(file.read_text() + "# Bob's\n")
    waits = bob("rules", "apply", str(file), "--json").json["id"]
    _applied(ann, bob, file)

    assert waits not in ann("rules", "changes").out
    assert "outdated" in ann("rules", "changes", waits).out


@pytest.mark.parametrize(("who", "verb", "said"), [("bob", "deny", "denied."), ("ann", "withdraw", "withdrawn.")])
def test_a_change_can_be_turned_down_and_taken_back(
    ann: Terminal, bob: Terminal, file: Path, who: str, verb: str, said: str
):
    """By the other owner, or by its author."""
    _longer(file)
    change = ann("rules", "apply", str(file), "--json").json["id"]

    assert {"ann": ann, "bob": bob}[who]("rules", verb, change).out == f"{change}: {said}\n"
    assert said[:-1] in ann("rules", "changes", "--all").out


def test_the_author_cannot_agree_with_themselves(ann: Terminal, file: Path):
    """One sentence, exit code 1."""
    _longer(file)
    change = ann("rules", "apply", str(file), "--json").json["id"]

    refused = ann("rules", "approve", change)
    assert (refused.code, "another owner" in refused.err) == (1, True)


def test_a_request_is_explained_by_every_rule_and_a_star_marks_the_one_that_decides(ann: Terminal, file: Path):
    """For a request of one's own; a file wants to be told what to ask it."""
    asked = ann("request", "s3", "read", "acme-reports/2026/", "--for", "1h", "--reason", "INC-1", "--json").json

    said = ann("rules", "explain", asked["id"]).out.splitlines()
    refused = ann("rules", "explain", str(file))

    assert [line[:2] for line in said] == ["* ", "  "]
    assert "reports" in said[0]
    assert ann("rules", "explain", asked["id"], "--json").json["rules"][0]["decides"]
    assert (refused.code, f"{file} is a file; say with --ask what to ask it" in refused.err) == (1, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pull", "/nowhere/at/all.yaml"), "cannot be written"),
        (("plan", "/nowhere/at/all.yaml"), "cannot be read"),
        (("apply", "/nowhere/at/all.yaml"), "cannot be read"),
        (("changes", "abcdefgh2345"), "no change abcdefgh2345"),
        (("approve", "a?c"), "a?c"),
        (("history", "99"), "There is no version 99"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(ann: Terminal, words: tuple[str, ...], said: str):
    """On the standard error, with exit code 1."""
    ran = ann("rules", *words)

    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_file_is_looked_through_by_the_service_too(ann: Terminal, file: Path, house: House):
    """Who is named is looked up, and lines and names are the file's own."""
    file.write_text(file.read_text().replace("{people: [U0BOB, U0ANN]}", "{people: [U0BOB, U0NOONE]}", 1))

    alone, asked = ann("rules", "lint", str(file)), ann("rules", "lint", str(file), "--live")

    assert "U0NOONE" not in alone.out
    assert f"{file}:1: no-approver: These rules are owned by" not in asked.out
    assert "no-approver: Rule reports lets decide U0NOONE, and there is nobody: Nobody here is U0NOONE." in asked.out
    assert (asked.code, "Not looked at" in alone.err, asked.err) == (1, True, "")


def test_past_requests_are_written_as_a_simulation_reads_them(ann: Terminal, bob: Terminal, file: Path, house: House):
    """A shorter rule would deny one of them; one of a person who has left is left out."""
    ann("request", "s3", "read", "acme-reports/2026/", "--for", "6h", "--reason", "INC-1")
    ann("request", "s3", "write", "acme-drafts/x/", "--for", "1h")
    bob("request", "s3", "read", "acme-reports/2025/", "--reason", "INC-2")
    whole, two = ann("rules", "past"), ann("rules", "past", "--most", "2")
    house.directory.change(PrincipalId("U0BOB"), active=False)
    (file.parent / "past.jsonl").write_text(left := ann("rules", "past").out)
    file.write_text(file.read_text().replace("max: 8h", "max: 2h"))
    tried = ann("rules", "simulate", str(file), str(file.parent / "past.jsonl"))

    assert (whole.code, len(whole.out.splitlines()), len(left.splitlines())) == (0, 3, 2)
    assert len(two.out.splitlines()) == 2
    assert (
        "U0ANN, read acme-reports/2026/ for 6 hours as a session: was waiting for somebody; becomes denied" in tried.out
    )
    assert (
        "2 requests: 1 allowed at once, 0 waiting for somebody, 0 denied by a rule, 1 that no rule allows." in tried.out
    )


def test_past_requests_are_for_those_who_decide(eve: Terminal):
    """They say who wanted what, and why."""
    assert "for those who may decide" in eve("rules", "past").err


def test_lint_says_that_a_file_is_not_in_force(ann: Terminal, bob: Terminal, file: Path):
    """Once the rules were changed in Daypass, and to whoever is logged in."""
    edited = file.with_name("edited.yaml")
    edited.write_text(file.read_text().replace("max: 8h", "max: 9h"))
    told = "This file changes nothing by itself: version 2 is in force"

    assert told not in ann("rules", "lint", str(edited)).err
    _applied(ann, bob, file)
    assert told in ann("rules", "lint", str(edited)).err
    assert told not in ann("rules", "lint", str(file)).err
