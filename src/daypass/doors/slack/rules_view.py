"""The rules as one person sees them in Slack, and what other rules would do: read in a thread, with names for ids."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from daypass.doors.language import parse_length
from daypass.doors.services import Services
from daypass.doors.slack.names import Naming, group_names, groups_in
from daypass.doors.slack.rules_form import BLOCKS, NO_SHADOW, RuleDraft
from daypass.lifecycle.rule_changes import propose as proposing
from daypass.lifecycle.rule_changes.effects import effects
from daypass.lifecycle.rule_changes.owners import must_own
from daypass.lifecycle.rule_changes.validate import PROPOSED
from daypass.lifecycle.rule_changes.versions import digest_of, kept, key_of
from daypass.model.decision import Approvers
from daypass.model.errors import BadInput, DaypassError, Misconfigured, NotFound, NotYours, RulesUnreadable
from daypass.model.principal import PrincipalId
from daypass.model.rule_change import ChangeState, RulesChange, RulesVersion
from daypass.rules.describe.rules import in_words
from daypass.rules.edit.fields import changed
from daypass.rules.edit.text import field_at, find, groups_of, with_fields, with_new_rule, with_rule
from daypass.rules.load.differences import changes, other_than_rules
from daypass.rules.load.read import RuleBook, parse
from daypass.rules.sampling.effects import ChangeEffect

_ID = re.compile(r"\b[UW][A-Z0-9]{3,}\b")
_MISSING = re.compile(r"“(\w+)” is missing")
_MOST_LOOKED_UP = 60
MOST_NAMED = 5
"""People of those for whom something is alike who are named; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesView:
    """What one person is shown of the rules."""

    book: RuleBook
    version: RulesVersion | None
    """None for a house that keeps no versions."""
    changes: tuple[RulesChange, ...]
    """Those that wait; for owners."""
    why_not: str
    """Why this person cannot change them; empty for an owner."""
    naming: Naming

    @property
    def owner(self) -> bool:
        """Whether this person may change the rules."""
        return not self.why_not and self.version is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Would:
    """What a draft comes to: its whole text, and what that would do."""

    text: str
    digest: str
    effect: ChangeEffect
    naming: Naming


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """A change as it stands now: what it changes, in sentences, and while it waits what it would do."""

    change: RulesChange
    in_force: int
    sentences: tuple[str, ...]
    effect: ChangeEffect | None
    naming: Naming
    deciders: Approvers = field(default_factory=Approvers)
    """Those who own the rules now, without its author."""

    @property
    def overtaken(self) -> bool:
        """Whether it waits in vain, since another version came."""
        return self.change.state is ChangeState.PENDING and self.change.base != self.in_force


class Faulty(Exception):
    """The draft's text has faults: beside which field of the form each belongs, and those that belong beside none."""

    def __init__(self, beside: dict[str, str], others: str) -> None:
        super().__init__(others)
        self.beside, self.others = beside, others


def look(services: Services, by: PrincipalId) -> RulesView:
    """Read the rules as this person may see them."""
    book, version = services.rules(), _version(services)
    why_not = _why_not(services, by, book)
    waiting = () if why_not else services.ledger.all(RulesChange, states=(ChangeState.PENDING,))
    owners = [*book.owners.people, *([version.author] if version else [])]
    naming = replace(names(services, (*map(in_words, book.rules), *owners)), private=True)
    return RulesView(book=book, version=version, changes=tuple(waiting), why_not=why_not, naming=naming)


def opened(services: Services, rule_id: str, by: PrincipalId) -> RulesVersion:
    """Read what a form opens with, for an owner. Raises NotYours, Misconfigured, BadInput for a rule that is gone."""
    must_own(by, judge=services.judge)
    version = kept(services.rules).version(services.clock())
    if rule_id:
        find(version.text, rule_id)
    return version


def proposal(draft: RuleDraft, text: str) -> proposing.Proposal:
    """What a form says, as it is proposed."""
    return proposing.Proposal(text=text, base=draft.base, note=draft.note, shadow=shadow(draft))


def would(services: Services, draft: RuleDraft, by: PrincipalId) -> Would:
    """Say what a draft would do. Raises what proposing it would raise, and Faulty."""
    text = text_of(services, draft)
    _must_be_read(text, draft)
    made = proposing.draft(proposal(draft, text), by=by, judge=services.judge, now=services.clock())
    seen = effects(made.present, made.proposed, judge=services.judge, now=services.clock())
    return Would(text=text, digest=digest_of(text), effect=seen, naming=names(services, said(seen)))


def text_of(services: Services, draft: RuleDraft) -> str:
    """Make the whole text that a draft comes to, from the version in force. Raises Conflict when that is another."""
    version = kept(services.rules).version(services.clock())
    proposing.must_be_base(draft.base, version)
    if draft.text is not None:
        return (
            with_rule(version.text, draft.rule, draft.text) if draft.rule else with_new_rule(version.text, draft.text)
        )
    known = groups_of(version.text)
    if not draft.rule:
        made = changed({}, draft.fields, known)
        return with_new_rule(version.text, {key: value for key, value in made.items() if value is not None})
    before = find(version.text, draft.rule)
    return with_fields(version.text, draft.rule, changed(before, draft.fields, known))


def unknown(services: Services, one: PrincipalId) -> bool:
    """Whether Slack knows nobody by this id; one that it cannot tell of now is not unknown."""
    try:
        services.directory.principal(one)
    except NotFound:
        return True
    except DaypassError:
        return False
    return False


def shadow(draft: RuleDraft) -> timedelta | None:
    """For how long a draft is to be watched first."""
    return None if draft.shadow == NO_SHADOW else parse_length(draft.shadow)


def facts(services: Services, change: RulesChange) -> ChangeView:
    """Read what a change changes, and what it would do."""
    now = services.clock()
    version = kept(services.rules).version(now)
    sentences: tuple[str, ...] = ()
    seen: ChangeEffect | None = None
    try:
        base = version if change.base == version.number else services.ledger.find(RulesVersion, key_of(change.base))
        proposed = parse(change.text, name=PROPOSED)
        before = parse(base.text, name="base")
        # Who may change the rules stands first, where no long list of rules cuts it off.
        sentences = (*other_than_rules(before, proposed), *(one.sentence for one in changes(before, proposed)))
        if change.state is ChangeState.PENDING and change.base == version.number:
            seen = effects(services.rules(), proposed, judge=services.judge, now=now)
    except (RulesUnreadable, NotFound):
        pass  # it is shown without
    deciders = _deciders(services, change)
    owners = (*deciders.people, *deciders.slack_groups)
    naming = names(services, (change.author, *owners, *sentences, *(said(seen) if seen else ())))
    return ChangeView(
        change=change, in_force=version.number, sentences=sentences, effect=seen, naming=naming, deciders=deciders
    )


def _deciders(services: Services, change: RulesChange) -> Approvers:
    """Who may decide on a change; nobody is named while the rules cannot be read."""
    try:
        owners = services.rules().owners
    except RulesUnreadable:
        return Approvers()
    return Approvers(
        people=owners.people - {change.author}, slack_groups=owners.slack_groups, groups=owners.directory_groups
    )


def said(effect: ChangeEffect) -> Iterator[str]:
    """Every sentence and id of an effect, for the names in them to be looked up."""
    yield from effect.besides
    yield from (one.sentence for one in effect.rules)
    yield from (each for _, some in effect.alike for each in some[:MOST_NAMED])
    yield from (one.sentence for one in effect.pending)


def names(services: Services, texts: Iterable[str]) -> Naming:
    """Look up the people whose ids stand in these, so that they can be named without being rung up."""
    texts = list(texts)
    found = list(dict.fromkeys(PrincipalId(one) for text in texts for one in _ID.findall(text)))
    quiet: dict[PrincipalId, str] = {}
    for one in found[:_MOST_LOOKED_UP]:
        try:
            quiet[one] = services.directory.principal(one).name
        except DaypassError:
            quiet[one] = one
    rest = {one: one for one in found[_MOST_LOOKED_UP:]}
    return Naming(quiet=quiet | rest, groups=group_names(services, groups_in(texts)))


def _version(services: Services) -> RulesVersion | None:
    try:
        return kept(services.rules).version(services.clock())
    except RulesUnreadable:
        raise
    except Misconfigured:
        return None


def _why_not(services: Services, by: PrincipalId, book: RuleBook) -> str:
    try:
        must_own(by, judge=services.judge.under(book))
    except NotYours as refusal:
        return refusal.sentence
    return ""


def _must_be_read(text: str, draft: RuleDraft) -> None:
    """Put every fault of a text beside the field of the form that it is about."""
    try:
        parse(text, name=PROPOSED)
    except RulesUnreadable as error:
        beside: dict[str, list[str]] = {}
        rule_id = str(draft.fields.id or draft.rule)
        for fault in error.faults:
            sentence = f"{fault.sentence} {fault.suggestion}".strip()
            block = "text" if draft.text is not None else _block(text, rule_id, fault.line, fault.sentence)
            beside.setdefault(block, []).append(sentence)
        others = "\n".join(beside.pop("", ()))
        raise Faulty({block: "\n".join(sentences) for block, sentences in beside.items()}, others) from None


def _block(text: str, rule_id: str, line: int, sentence: str) -> str:
    if lacking := _MISSING.match(sentence):
        return BLOCKS.get(lacking[1], "")
    try:
        return BLOCKS.get(field_at(text, rule_id, line), "")
    except BadInput:
        return ""
