"""
Who may change the rules: the owners whom the rules of now name, two of them for each change.

A robot never may, nor may somebody who has left, and two accounts of one person are one owner.
"""

from collections.abc import Iterable
from contextlib import suppress

from daypass.lifecycle.judge import Judge
from daypass.lifecycle.parties import as_known
from daypass.model.asking_side import AskingSide
from daypass.model.decision import RuleId
from daypass.model.errors import BadInput, NotFound, NotYours, Unavailable
from daypass.model.principal import GroupName, Principal, PrincipalId, SlackGroupId
from daypass.model.rule_change import RulesChange
from daypass.model.text import Person, text_of
from daypass.ports import Directory
from daypass.rules.load.read import RuleBook
from daypass.rules.rule.people import NamedPeople

OWNERS = RuleId("owners")
"""What stands in an approval of a change where that of a request names its rule."""


def must_own(by: PrincipalId, *, judge: Judge, refused: str = "") -> Principal:
    """
    Read the person, who must be an owner under these rules.

    Raises NotYours, with `refused` where only that is to be said; Unavailable while it cannot be told.
    """
    try:
        return _owner(by, judge)
    except NotYours:
        if refused:
            raise NotYours(refused) from None
        raise


def _owner(by: PrincipalId, judge: Judge) -> Principal:
    person, rules = as_known(by, judge.people), judge.rules()
    if not rules.owners:
        raise NotYours(
            "The rules in force name no owners, so nobody can change them here; "
            "whoever runs Daypass can, in the rules file, and can name “owners” there."
        )
    if person.robot:
        raise NotYours("A robot never changes the rules, nor decides on them; two people do.")
    if not person.active:
        raise NotYours("Your Slack account is deactivated.")
    if person.guest:
        raise NotYours("You are a guest of this workspace; only members change the rules.")
    if not rules.owners.include(person, guests=False):
        if unread := rules.owners.slack_groups & person.unread:
            named = ", ".join(sorted(unread))
            raise Unavailable(f"Slack does not say now who is in {named}, which owns the rules. Try again in a moment.")
        raise NotYours("You are not among the owners of the rules; they are named under “owners” in them.")
    return person


def must_agree(by: PrincipalId, change: RulesChange, *, judge: Judge) -> None:
    """Check that this is another owner than the author, who must still be one too. Raises NotYours."""
    if by == change.author:
        raise NotYours("Nobody decides on their own change of the rules; another owner has to. You can withdraw it.")
    person = must_own(by, judge=judge)
    author = as_known(change.author, judge.people)
    if AskingSide.of((author,)).includes(person):
        raise NotYours("You and the author of this change are the same person; another owner has to decide.")


def must_still_own(change: RulesChange, *, judge: Judge) -> None:
    """Check that the author could propose it now. Raises NotYours."""
    author = as_known(change.author, judge.people)
    if not (author.may_decide and judge.rules().owners.include(author, guests=False)):
        raise NotYours(
            text_of(
                Person(change.author),
                ", who proposed this, is no owner of the rules any more; if it is right, propose it anew yourself.",
            )
        )


def must_leave_two(proposed: RuleBook, *, directory: Directory) -> None:
    """Check that two different people could change the rules again. Raises BadInput."""
    owners = proposed.owners
    if not owners:
        raise BadInput("Under these rules nobody could change them again: name at least two “owners”.", field="text")
    if not _two_people(_named(owners, directory), directory):
        raise BadInput(
            "Under these rules fewer than two people could change them again: "
            "“owners” must name at least two different people who are here, by id or in groups that there are.",
            field="text",
        )


def _named(owners: NamedPeople, directory: Directory) -> set[PrincipalId]:
    """Everybody who is named now; a group that there is not names nobody. Raises Unavailable."""
    groups: list[SlackGroupId | GroupName] = [*sorted(owners.slack_groups), *sorted(owners.directory_groups)]
    found = set(owners.people)
    for group in groups:
        with suppress(NotFound):
            found |= directory.members(group)
    return found


def _two_people(ids: Iterable[PrincipalId], directory: Directory) -> bool:
    """Look people up until two of them are different, here, and no robots."""
    here: list[Principal] = []
    for one in (as_known(each, directory) for each in sorted(ids)):
        if one.may_decide:
            if any(not one.is_also(other) for other in here):
                return True
            here.append(one)
    return False
