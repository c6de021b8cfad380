"""What a rule wants besides is asked again at the click: tags, sensitivity and the passkey that it brings, hours."""

from dataclasses import replace
from datetime import timedelta

import pytest

from daypass.lifecycle.approval.decide import approve_with
from daypass.lifecycle.approval.stages import Click
from daypass.model.errors import NotAllowed, NotYours
from daypass.model.grant import Grant, GrantId
from daypass.rules.load.read import parse
from tests.flow.conftest import Walk
from tests.makers import BOB

RULE = """
  - id: {id}
    who: {{people: [U0ANN]}}
    may: [list, read]
    on: ["acme-reports/**"]
    when: {when}
    for: {{default: 1h, max: 8h}}
    approve: {{anyone_of: {{people: [U0BOB]}}}}{more}
"""
MARKED = 'sensitivity: {high: ["acme-reports/2026/**"]}\n'
ELSEWHERE = 'sensitivity: {high: ["acme-payroll/**"]}\n'
SECRET = RULE.format(id="secret", when="{sensitivity: [high]}", more="\n    second_factor: required")
PLAIN = RULE.format(id="plain", when="{sensitivity: [unmarked]}", more="")


def rules(walk: Walk, *texts: str, head: str = "") -> None:
    """Put these in force."""
    walk.rules = parse(f"version: 1\n{head}rules:{''.join(texts)}", name="rules.yaml")


def click(walk: Walk, request_id: GrantId, *, passkey: bool) -> Grant | None:
    """Bob approves, with his passkey or without."""
    return approve_with(request_id, Click(by=BOB, second_factor=passkey), judge=walk.judge, now=walk.clock())


def test_tags_that_were_changed_since_count_at_the_click(walk: Walk) -> None:
    """The bucket became production's between ask and click; nothing is given."""
    rules(walk, RULE.format(id="open", when="{tags: {stage: test}}", more=""))
    walk.directory.around = replace(walk.directory.around, tags={"stage": "test"})
    request = walk.ask()
    walk.directory.around = replace(walk.directory.around, tags={"stage": "production"})

    with pytest.raises(NotAllowed, match="only in buckets with the tag stage=test"):
        walk.click(request.id)
    assert walk.ledger.grants() == []


def test_what_is_marked_sensitive_takes_the_passkey_and_what_is_not_does_not(walk: Walk) -> None:
    """One place, two rules; which of them decides hangs on the mark alone."""
    rules(walk, SECRET, PLAIN, head=ELSEWHERE)
    assert click(walk, walk.ask().id, passkey=False) is not None

    rules(walk, SECRET, PLAIN, head=MARKED)
    request = walk.ask()
    with pytest.raises(NotYours, match="passkey"):
        click(walk, request.id, passkey=False)
    assert click(walk, request.id, passkey=True) is not None


def test_a_place_that_was_marked_after_the_ask_takes_the_passkey_at_the_click(walk: Walk) -> None:
    """The rules of the click count, not those under which it was asked."""
    rules(walk, SECRET, PLAIN, head=ELSEWHERE)
    request = walk.ask()
    rules(walk, SECRET, PLAIN, head=MARKED)

    with pytest.raises(NotYours, match="passkey"):
        click(walk, request.id, passkey=False)
    assert walk.ledger.grants() == []


def test_hours_that_were_over_before_the_click_lend_nothing(walk: Walk) -> None:
    """Asked at noon, clicked at four, lent until one."""
    rules(walk, RULE.format(id="lunch", when='{hours: ["12:00-13:00"], zone: UTC}', more=""))
    request = walk.ask()
    walk.clock.forward(timedelta(hours=4))

    with pytest.raises(NotAllowed, match="it would begin on Monday at 16:00"):
        walk.click(request.id)
