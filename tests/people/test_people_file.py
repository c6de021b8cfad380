"""The people file: groups, managers and second accounts, and what happens to it on the disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from daypass.model.decision import Needs
from daypass.model.errors import Misconfigured, NotFound
from daypass.model.principal import GroupName, Principal, PrincipalId
from daypass.people.directory import Beside, PeopleDirectory
from daypass.people.people_file import PeopleFileOnDisk, parse_register
from localslack import BlockingSlack
from tests.office import office_slack
from tests.people.hands import HandClock
from tests.people.worlds import ALICE, BOB, CAROL, around, directory, facts

ANALYSTS = GroupName("file:analysts")
TEXT = """
groups:
  analysts: [U0ALICE, U0BOB, bot:nightly]
  empty: []
managers:
  U0ALICE: U0CAROL
same_person:
  - [U0ALICE, U0ALICE2, W0ALICE]
"""


@pytest.fixture(scope="module")
def slack() -> Iterator[BlockingSlack]:
    """Start a local Slack with Alice, Bob and Carol."""
    with office_slack() as slack:
        yield slack


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write a people file."""
    path = tmp_path / "people.yaml"
    path.write_text(TEXT)
    return path


@pytest.fixture
def found(slack: BlockingSlack, file: Path) -> PeopleDirectory:
    """Put a directory together with that file."""
    return directory(slack, HandClock(), Beside(register=PeopleFileOnDisk(file)))


def test_a_person_comes_with_what_the_file_says(found: PeopleDirectory) -> None:
    """Groups, the manager and the other accounts, beside all that Slack says."""
    alice = found.principal(ALICE)

    assert (alice.name, alice.manager) == ("Alice Moreau", CAROL)
    assert alice.groups == {ANALYSTS}
    assert alice.same_as == {"U0ALICE2", "W0ALICE"}


def test_an_account_of_the_same_person_is_them(found: PeopleDirectory) -> None:
    """So nobody decides for themselves from another account; anybody else is somebody else."""
    alice, bob = found.principal(ALICE), found.principal(BOB)
    second = Principal(id=PrincipalId("W0ALICE"), name="Alice (admin)")

    assert alice.is_also(second)
    assert not alice.is_also(bob)


def test_members_of_the_files_groups_are_told(found: PeopleDirectory) -> None:
    """Of an empty group it is known that nobody is in it; one that no directory here has is left out."""
    names = [ANALYSTS, GroupName("file:empty"), GroupName("file:none"), GroupName("sso:analysts")]

    seen = around(facts(found, HandClock()), Needs(groups=frozenset(names)))

    assert seen.groups == {ANALYSTS: {ALICE, BOB, "bot:nightly"}, GroupName("file:empty"): frozenset()}
    assert set(seen.people) == {ALICE, BOB}


def test_a_group_that_there_is_not_is_not_found(found: PeopleDirectory, file: Path) -> None:
    """It is not an empty one."""
    with pytest.raises(NotFound, match="file:none"):
        PeopleFileOnDisk(file).members(GroupName("file:none"))
    with pytest.raises(NotFound, match="sso:analysts"):
        found.members(GroupName("sso:analysts"))


def test_a_changed_file_counts_at_once(found: PeopleDirectory, file: Path) -> None:
    """Whoever was taken out of a group is out at the next question."""
    assert found.principal(BOB).groups == {ANALYSTS}
    file.write_text(TEXT.replace("U0BOB, ", ""))

    assert found.principal(BOB).groups == frozenset()


@pytest.mark.parametrize("text", ["groups: [U0BOB]", None], ids=["a fault", "gone"])
def test_a_file_that_went_bad_refuses_everybody_until_it_is_right(
    found: PeopleDirectory, file: Path, text: str | None
) -> None:
    """Without it nobody knows whose second account would decide; and around a question people are unknown."""
    found.principal(ALICE)
    file.write_text(text) if text else file.unlink()

    with pytest.raises(Misconfigured, match="The people file"):
        found.principal(ALICE)
    assert around(facts(found, HandClock()), Needs(people=frozenset({BOB}))).people == {}

    file.write_text(TEXT)
    assert found.principal(ALICE).manager == CAROL


@pytest.mark.parametrize("text", ["", "# nobody yet\n", "groups:\nmanagers:\nsame_person:\n"])
def test_an_empty_file_knows_nothing(text: str) -> None:
    """And that is no fault."""
    register = parse_register(text, name="people.yaml")

    assert (register.groups, register.managers, register.same) == ({}, {}, {})


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- U0BOB", 1, "no people file"),
        ("\ngroup: {}", 2, "has no “group”"),
        ("groups: [U0BOB]", 1, "Groups are written"),
        ("groups:\n  Analysts: [U0BOB]", 2, "cannot be a group's name"),
        ("groups:\n  analysts: U0BOB", 2, "The group analysts is not a list"),
        ("groups:\n  analysts:\n    - U0BOB\n    - bob", 4, "“bob” is not the id of anybody"),
        ("groups:\n  analysts: [12]", 2, "“12” is not the id of anybody"),
        ("managers: U0BOB", 1, "Managers are written"),
        ("managers:\n  bob: U0CAROL", 2, "“bob” is not the id"),
        ("managers:\n  U0BOB: carol", 2, "The manager of U0BOB is not"),
        ("managers:\n  U0BOB: bot:carol", 2, "The manager of U0BOB is not"),
        ("managers:\n  U0BOB: U0BOB", 2, "their own manager"),
        ("same_person: {U0BOB: U0BOB2}", 1, "Each person's accounts are written"),
        ("same_person:\n  - U0BOB", 2, "is not a list"),
        ("same_person:\n  - [U0BOB, W0BOB]\n  - [U0BOB2, W0BOB]", 3, "W0BOB is in another list too"),
        ("groups: 'x", 1, "This is not YAML"),
        ("groups: {a: [U0BOB]}\ngroups: {}", 2, "“groups” is given twice"),
    ],
)
def test_a_fault_has_its_line(text: str, line: int, words: str) -> None:
    """The operator is told where and what."""
    with pytest.raises(Misconfigured) as refused:
        parse_register(text, name="people.yaml")

    assert refused.value.sentence.startswith(f"The people file cannot be read:\npeople.yaml:{line}: ")
    assert words in refused.value.sentence


def test_every_fault_is_told_at_once() -> None:
    """Not only the first."""
    with pytest.raises(Misconfigured) as refused:
        parse_register("groups: {a: [bob], B: [U0BOB]}\nmanagers:\n  U0BOB: carol\nmore: 1", name="people.yaml")

    assert [line.split(":")[1] for line in refused.value.sentence.splitlines()[1:]] == ["1", "1", "3", "4"]
