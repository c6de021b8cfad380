"""
The place that somebody meant who wrote one that no rule of theirs covers: a bucket or a prefix spelt nearly so.

Only what the person's own rules name is offered, so that nobody learns from a typing error what else there is.
"""

from difflib import get_close_matches

from daypass.model.decision import Denied, Question
from daypass.model.entitlement import S3Place
from daypass.rules.decide.rule import AllowRule
from daypass.rules.decide.rulebook import RuleBook
from daypass.rules.describe.denial import OFFERS

_AS_NEAR = 0.8
"""How alike two names must be: `acme-report` and `acme-reports` are, `acme-logs` and `acme-blobs` are not quite."""


def told(denied: Denied, book: RuleBook, question: Question) -> str:
    """
    Say a denial to the person, with the place that is nearest where no rule speaks of the one asked for.

    Apart from the decision, which is asked thousands of times where the effect of a change is worked out.
    """
    near = nearest_place(book, question) if denied.silent else None
    return denied.sentence.replace(OFFERS, f"Did you mean {near}?") if near else denied.sentence


def nearest_place(book: RuleBook, question: Question) -> S3Place | None:
    """Find the place, of those that rules lend this person, that is nearest to the one asked for; None if none is."""
    asked = question.entitlement.place
    rules = [one for one in book.concerning(question.principal, "") if isinstance(one, AllowRule)]
    mine = [rule for rule in rules if rule.is_for(question.principal) and rule.break_glass is None]
    texts = {pattern.text.removesuffix("**") for rule in mine for pattern in rule.places}
    plain = sorted(text for text in texts if "*" not in text)
    for bucket in get_close_matches(asked.bucket, sorted({text.partition("/")[0] for text in plain}), cutoff=_AS_NEAR):
        there = S3Place(bucket=bucket, key=asked.key)
        if bucket != asked.bucket and any(rule.overlaps(there) for rule in mine):
            return there
    near = get_close_matches(str(asked), plain, n=1, cutoff=_AS_NEAR)
    bucket, _, key = near[0].partition("/") if near else ("", "", "")
    return S3Place(bucket=bucket, key=key) if bucket else None
