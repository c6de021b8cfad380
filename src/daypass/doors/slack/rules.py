"""The rules in Slack: read by everybody, changed by their owners, decided on by other owners."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from daypass.doors.language.commands import ShowRules
from daypass.doors.slack import rules_card
from daypass.doors.slack.blocks import Block, Note, View, actions, button, context, divider, section, sentence
from daypass.doors.slack.form import refused
from daypass.doors.slack.interaction import Answer, Interaction, ShowView, Wrong, page
from daypass.doors.slack.rules_form import LONGEST_TEXT, RuleDraft, form, read, unfit
from daypass.doors.slack.rules_view import (
    Faulty,
    RulesView,
    Would,
    facts,
    look,
    opened,
    proposal,
    text_of,
    unknown,
    would,
)
from daypass.doors.slack.spoken import refusal as refusal_sentence
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.texts import rules as rules_texts
from daypass.doors.slack.verbs import Verbs, in_thread
from daypass.lifecycle.rule_changes import propose as proposing
from daypass.lifecycle.rule_changes import versions
from daypass.lifecycle.rule_changes.versions import digest_of
from daypass.model.errors import BadInput, Conflict, DaypassError
from daypass.model.grant import Delivery
from daypass.model.principal import PrincipalId
from daypass.resources.registry import level_words
from daypass.rules.describe.rules import in_words
from daypass.rules.edit.fields import RuleFields, kept, shown, typed_too
from daypass.rules.edit.text import find
from daypass.rules.edit.text import text_of as rule_text
from daypass.rules.rule.rule import Rule

_MOST = 20
"""Rules in one answer: each takes two of the 50 blocks of a message."""
_MOST_CARDS = 4
"""Changes shown one by one: Slack takes five answers to one command."""
_FIELDS = tuple(rules_texts.LABELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesDoor:
    """Reading and proposing."""

    counter: Verbs

    async def do(self, turn: Interaction, said: ShowRules) -> None:
        """Answer `/daypass rules`, with one rule, or with the changes that wait."""
        services = self.counter.services
        seen = await in_thread(lambda: look(services, turn.person))
        if said.what == "changes":
            await self._changes(turn, seen)
            return
        rules = [one for one in seen.book.rules if said.what in {"", one.id}]
        if said.what and not rules:
            await turn.tell(Note(text=rules_texts.no_such_rule(said.what)))
            return
        await turn.tell(Note(text=rules_texts.counted(len(rules)), blocks=tuple(listed(seen, rules))))

    async def more(self, turn: Interaction) -> None:
        """List the rules that follow on those that were shown."""
        services, start = self.counter.services, int(turn.value) if turn.value.isdecimal() else 0
        seen = await in_thread(lambda: look(services, turn.person))
        await turn.tell(
            Note(
                text=rules_texts.counted(len(seen.book.rules)), blocks=tuple(_rules(seen, list(seen.book.rules), start))
            )
        )

    async def edit(self, turn: Interaction) -> None:
        """Open the form of a rule."""
        await turn.open(self._opened(turn.value, turn.person))

    async def edit_text(self, turn: Interaction) -> None:
        """Open a rule as text."""
        await turn.open(self._opened(turn.value, turn.person, as_text=True))

    async def new(self, turn: Interaction) -> None:
        """Open the form of a new rule, of a new denial, or of a new rule as text."""
        await turn.open(in_thread(lambda: self._new(turn.value, turn.person)))

    async def pause(self, turn: Interaction) -> None:
        """Open the form of a rule with `paused` the other way round, and what that would do."""
        await turn.open(self._opened(turn.value, turn.person, turned=True))

    async def submit(self, turn: Interaction) -> Answer:
        """Show what the form would do; propose it when that was seen already."""
        draft = read(turn.state, turn.body["view"]["private_metadata"])
        try:
            return await in_thread(lambda: self._submitted(draft, turn.person, turn.key))
        except Conflict as error:
            said = rules_texts.overtaken(refusal_sentence(error))
            return ShowView(view=page(sentence(said)), said=said)
        except Faulty as faulty:
            return self._faulty(draft, faulty)
        except DaypassError as error:
            view = form(draft, kept=self._kept(draft), last=[section(f"*{sentence(refusal_sentence(error))}*")])
            return refused(error, view, _FIELDS)

    def _submitted(self, draft: RuleDraft, by: PrincipalId, key: str) -> Answer:
        services = self.counter.services
        text = text_of(services, draft)
        if draft.seen != digest_of(text):
            again = rules_texts.LOOK_AGAIN if draft.seen else ""
            return ShowView(view=self._considered(draft, would(services, draft, by), again))
        change = proposing.propose(
            replace(proposal(draft, text), key=key), by=by, judge=services.judge, now=services.clock()
        )
        said = rules_texts.proposed(change.id)
        return ShowView(view=page(said), said=said)

    def _considered(self, draft: RuleDraft, seen: Would, again: str = "", *, top: bool = False) -> View:
        """With the effect at the end, where its reader is who has just pressed the button; on `top` of a new window."""
        told = [*([context(again)] if again else []), *rules_card.effect_blocks(seen.effect, seen.naming, rules=True)]
        looked = replace(draft, seen=seen.digest)
        if top:
            short = section(rules_texts.in_short(seen.effect.sentence()))
            return form(looked, kept=self._kept(draft), top=told, last=[short])
        return form(looked, kept=self._kept(draft), last=[divider(), *told])

    def _faulty(self, draft: RuleDraft, faulty: Faulty) -> Answer:
        said = "\n".join([faulty.others, *faulty.beside.values()]).strip()
        view = form(draft, kept=self._kept(draft), last=[section(f"*{sentence(said)}*")])
        if faulty.others:
            return ShowView(view=view, said=said)
        return Wrong(errors=faulty.beside, view=view)

    async def _opened(self, rule_id: str, by: PrincipalId, *, as_text: bool = False, turned: bool = False) -> View:
        return await in_thread(lambda: self._open(rule_id, by, as_text=as_text, turned=turned))

    def _open(self, rule_id: str, by: PrincipalId, *, as_text: bool, turned: bool) -> View:
        services = self.counter.services
        version = opened(services, rule_id, by)
        fields = self._pickable(shown(find(version.text, rule_id)))
        text = rule_text(version.text, rule_id) if as_text else None
        if (text is not None and len(text) > LONGEST_TEXT) or (text is None and unfit(fields)):
            raise BadInput(rules_texts.TOO_LONG)
        draft = RuleDraft(rule=rule_id, base=version.number, text=text, fields=fields)
        if not turned:
            return form(draft, kept=self._kept(draft))
        draft = replace(draft, fields=replace(fields, paused=not fields.paused))
        return self._considered(draft, would(services, draft, by), top=True)

    def _new(self, sort: str, by: PrincipalId) -> View:
        version = opened(self.counter.services, "", by)
        text = rules_texts.NEW_RULE if sort == "text" else None
        fields = (
            RuleFields(denies=True, levels=tuple(level_words()), deliveries=tuple(Delivery))
            if sort == "denial"
            else RuleFields()
        )
        return form(RuleDraft(rule="", base=version.number, text=text, fields=fields))

    def _pickable(self, fields: RuleFields) -> RuleFields:
        named = {*fields.who.people, *fields.approvers.people}
        strangers = {one for one in named if unknown(self.counter.services, PrincipalId(one))}
        return replace(fields, who=typed_too(fields.who, strangers), approvers=typed_too(fields.approvers, strangers))

    def _kept(self, draft: RuleDraft) -> tuple[str, ...]:
        """What the form leaves alone of this rule; nothing when that cannot be told any more."""
        if draft.text is not None or not draft.rule:
            return ()
        try:
            version = versions.kept(self.counter.services.rules).version(self.counter.services.clock())
            return kept(find(version.text, draft.rule))
        except DaypassError:
            return ()

    async def _changes(self, turn: Interaction, seen: RulesView) -> None:
        if not seen.owner:
            await turn.tell(Note(text=_why_not(seen)))
            return
        services = self.counter.services
        for change in seen.changes[:_MOST_CARDS]:
            found = await in_thread(partial(facts, services, change))
            await turn.tell(rules_card.change_card(found, viewer=turn.person))
        if not seen.changes:
            await turn.tell(Note(text=rules_texts.NO_CHANGES))
        if (left := len(seen.changes) - _MOST_CARDS) > 0:
            await turn.tell(Note(text=rules_texts.more_changes(left)))


def listed(seen: RulesView, rules: list[Rule]) -> Iterator[Block]:
    """The rules in sentences, with the buttons of an owner: the first of them, and how many more there are."""
    owners = _owners(seen)
    yield section(rules_texts.head(seen.version, owners))
    if not rules:
        yield context(rules_texts.NO_RULES)
    yield from _rules(seen, rules, 0)
    if seen.owner:
        yield context(rules_texts.waiting(len(seen.changes)))
        new = {"rule": rules_texts.NEW, "denial": rules_texts.NEW_DENIAL, "text": rules_texts.NEW_TEXT}
        yield actions("rules:new", [button(text, f"rules.new.{sort}", sort) for sort, text in new.items()])
    else:
        yield context(_why_not(seen))


def _rules(seen: RulesView, rules: list[Rule], start: int) -> Iterator[Block]:
    """As many as one answer holds, and a button for those that follow."""
    for one in rules[start : start + _MOST]:
        yield section(rules_texts.rule(one.id, one.about, seen.naming.sentence(in_words(one))))
        if seen.owner:
            yield actions(f"rule:{one.id}", _buttons(one))
    if (left := len(rules) - start - _MOST) > 0:
        yield context(rules_texts.more_rules(left))
        yield actions("rules:more", [button(rules_texts.MORE, "rules.more", str(start + _MOST))])


def _buttons(rule: Rule) -> list[Block]:
    return [
        button(label, action_id, rule.id, spoken=rules_texts.spoken(label, rule.id))
        for label, action_id in (
            (rules_texts.EDIT, "rules.edit"),
            (rules_texts.EDIT_TEXT, "rules.text"),
            (rules_texts.RESUME if rule.paused else rules_texts.PAUSE, "rules.pause"),
        )
    ]


def _why_not(seen: RulesView) -> str:
    if seen.version is None:
        return rules_texts.NO_VERSIONS
    return rules_texts.NOT_AN_OWNER if seen.book.owners else rules_texts.NO_OWNERS


def _owners(seen: RulesView) -> str:
    owners = seen.book.owners
    groups = [f"<!subteam^{one}>" for one in sorted(owners.slack_groups)]
    others = sorted(owners.directory_groups)
    return ", ".join([*map(seen.naming.person, sorted(owners.people)), *groups, *others]) or texts.NOBODY
