"""What a decision comes to, and how one differs from another for the person who asked."""

from dataclasses import replace
from datetime import timedelta

from daypass.model.decision import Allowed, Decision, Denied, RuleId
from daypass.model.length import words_for_length
from daypass.rules.describe.rules import agreeing
from daypass.rules.examples.shape import Expected

_NONE = RuleId("")


def outcome(decision: Decision) -> Expected:
    """In one word, what a decision comes to."""
    if isinstance(decision, Denied):
        return Expected.DENIED
    return Expected.AT_ONCE if decision.at_once else Expected.ALLOWED


def asked_first(decision: Decision) -> frozenset[str]:
    """The ids of all who are asked at once, people and groups."""
    if not isinstance(decision, Allowed) or decision.at_once:
        return frozenset()
    first = decision.stages[0].approvers
    return frozenset[str]([*first.people, *first.slack_groups, *first.groups])


def deciding(decision: Decision) -> tuple[RuleId, ...]:
    """The rules that a decision rests on: the one that lends, or all that deny; none when nothing lends."""
    return (decision.rule,) if isinstance(decision, Allowed) else decision.because


def differ(old: Decision, new: Decision) -> bool:
    """
    Whether the person, or those who decide, would notice: yes or no, how long, or who is asked and how.

    Another rule with the same to say is no difference, nor is a no in other words.
    """
    if isinstance(old, Allowed) and isinstance(new, Allowed):
        return replace(old, rule=_NONE) != replace(new, rule=_NONE)
    return outcome(old) is not outcome(new)


def differ_for(length: timedelta | None, old: Decision, new: Decision) -> bool:
    """
    Whether somebody who asks for this length would notice; for the default where they say none.

    What others could ask for at most is no difference to a request of one hour.
    """
    if isinstance(old, Allowed) and isinstance(new, Allowed):
        same = replace(new, longest=old.longest, default=old.default if length is not None else new.default)
        return differ(old, same)
    return differ(old, new)


def in_short(decision: Decision) -> str:
    """Say a decision in half a sentence."""
    if isinstance(decision, Denied):
        return f"denied: {decision.sentence.removeprefix('Denied: ').removesuffix('.')}"
    longest = f"for up to {words_for_length(decision.longest)} (rule {decision.rule})"
    if decision.at_once:
        return f"allowed at once {longest}"
    return f"allowed when {agreeing(decision.stages)} {longest}"
