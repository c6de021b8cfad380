"""A change of the rules as the owners read it: who wants what changed, in sentences, what it would do, the buttons."""

from collections.abc import Iterator

from daypass.doors.slack.blocks import Block, Note, actions, button, context, quoted, section
from daypass.doors.slack.names import Naming
from daypass.doors.slack.rules_view import MOST_NAMED, ChangeView
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.texts import rules as rules_texts
from daypass.doors.slack.texts import stages
from daypass.model.principal import PrincipalId
from daypass.model.rule_change import ChangeState
from daypass.rules.sampling.effects import ChangeEffect

_MOST_RULES, _MOST_PEOPLE, _MOST_PENDING = 10, 12, 3


def change_card(facts: ChangeView, *, viewer: PrincipalId | None = None) -> Note:
    """
    Draw the owners' message. For one `viewer` the buttons are those that are theirs; else those of every owner.

    The author's own click is refused by the verb, wherever the button stands.
    """
    change, naming = facts.change, facts.naming
    blocks = [
        section(rules_texts.asks(change.author, change.base)),
        *([quoted(change.note)] if change.note else []),
        *(section(naming.sentence(one)) for one in facts.sentences[:_MOST_RULES]),
        *_more(len(facts.sentences) - _MOST_RULES),
    ]
    if change.state is ChangeState.PENDING and not facts.overtaken:
        blocks += effect_blocks(facts.effect, naming) if facts.effect else [context(rules_texts.NOT_READ)]
        blocks.append(context(stages.another_owner_decides(naming.deciders(facts.deciders, rung=False))))
    else:
        blocks.append(section(rules_texts.became(change, facts.in_force)))
    if change.state is ChangeState.PENDING:
        blocks.append(actions(f"rules:{change.id}", list(_buttons(facts, viewer))))
    blocks.append(context(rules_texts.reference(change.id, change.shadow_until)))
    return Note(text=rules_texts.asks_shortly(texts.person(change.author)), blocks=tuple(blocks))


def effect_blocks(effect: ChangeEffect, naming: Naming, *, rules: bool = False) -> list[Block]:
    """What other rules would do: in numbers, then who and which request; with `rules`, each rule's sentences too."""
    blocks = [section(f"*{effect.sentence()}*")]
    if rules:
        told = [*effect.besides, *(one.sentence for one in effect.rules)]
        blocks += [section(naming.sentence(one)) for one in told[:_MOST_RULES]] + _more(len(told) - _MOST_RULES)
    people = list(_people(effect, naming))
    blocks += [context(one) for one in people[:_MOST_PEOPLE]] + _more(len(people) - _MOST_PEOPLE)
    blocks += [context(naming.sentence(one.sentence)) for one in effect.pending[:_MOST_PENDING]]
    more = len(effect.pending) - _MOST_PENDING
    return blocks + ([context(rules_texts.more_requests(more))] if more > 0 else [])


def _people(effect: ChangeEffect, naming: Naming) -> Iterator[str]:
    for one, some in effect.alike:
        more = len(some) - MOST_NAMED
        named = ", ".join(naming.person(each) for each in some[:MOST_NAMED])
        who = rules_texts.and_more(named, more) if more > 0 else named
        yield from (rules_texts.gains(who, naming.sentence(each)) for each in one.gains[:1])
        yield from (rules_texts.loses(who, naming.sentence(each)) for each in one.loses[:1])
        if not (one.gains or one.loses):
            yield from (rules_texts.otherwise(who, naming.sentence(each)) for each in one.otherwise[:1])


def _buttons(facts: ChangeView, viewer: PrincipalId | None) -> Iterator[Block]:
    change = facts.change
    if viewer != change.author and not facts.overtaken:
        yield button(rules_texts.APPROVE, "rules.approve", change.id, style="primary")
        yield button(rules_texts.DENY, "rules.deny", change.id, style="danger")
    if viewer == change.author:
        yield button(rules_texts.WITHDRAW, "rules.withdraw", change.id)
    yield button(rules_texts.WHOLE, "rules.whole", change.id)
    if change.shadow_until is not None:
        yield button(rules_texts.DIFFERENCES, "rules.differences", change.id)


def _more(number: int) -> list[Block]:
    return [context(rules_texts.more_people(number))] if number > 0 else []
