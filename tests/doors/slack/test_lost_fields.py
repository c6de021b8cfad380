"""A field that did not arrive is not one that was left empty: it is never read as the widest there is."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from daypass.doors.language import Spoken
from daypass.doors.slack import request_form, rules_form
from daypass.doors.slack.form_values import typed_if_any
from daypass.model.errors import BadInput
from daypass.model.request import RequestState
from daypass.rules.edit.fields import RuleFields
from localslack import BlockingActor
from localslack.form_state import state_values
from tests.doors.slack.conftest import Office, review

RULE = rules_form.RuleDraft(rule="", base=1, text=None, fields=RuleFields())
DENIAL = rules_form.RuleDraft(rule="", base=1, text=None, fields=RuleFields(denies=True))
FORMS: dict[str, tuple[Mapping[str, Any], Any]] = {
    "request": (request_form.form(Spoken()), request_form.read),
    "rule": (rules_form.form(RULE), rules_form.read),
    "denial": (rules_form.form(DENIAL), rules_form.read),
}
NOT_READ = {"what"}
"""Has one choice, S3, and says nothing."""
EVERY = [
    (name, block)
    for name, (view, _) in FORMS.items()
    for block in state_values(view["blocks"], {})
    if block not in NOT_READ
]


@pytest.mark.parametrize(("name", "lost"), EVERY)
def test_a_form_that_lost_a_field_is_refused(name: str, lost: str):
    """Whichever field it is, of the forms that request access and that edit rules."""
    view, read = FORMS[name]
    whole = state_values(view["blocks"], {})
    read(whole, view["private_metadata"])

    with pytest.raises(BadInput, match=lost):
        read({block: value for block, value in whole.items() if block != lost}, view["private_metadata"])


@pytest.mark.parametrize("lost", ["state", "values", "block", "choice"])
def test_an_approval_whose_expiry_was_lost_approves_nothing(
    daypass: Office, ann: BlockingActor, bob: BlockingActor, lost: str
):
    """Without the picker's value it is not approved for as long as was requested; the approver reads what to do."""
    request = daypass.ask()
    bob.click(review(bob), "review.deny")
    click = copy.deepcopy(next(one for one in daypass.slack.deliveries if one.kind == "block_actions"))
    row = f"review:{request.id}"
    click.payload["trigger_id"] += "1"
    click.payload["actions"][0]["action_id"] = "review.approve"
    match lost:
        case "state":
            del click.payload["state"]
        case "values":
            click.payload["state"] = {}
        case "block":
            del click.payload["state"]["values"][row]
        case _:
            click.payload["state"]["values"][row]["review.length"]["selected_option"] = None
    daypass.slack.replay(click)

    bob.wait_for_ephemeral("hoose")
    assert daypass.services.ledger.request(request.id).state is RequestState.PENDING


def test_what_takes_access_away_needs_no_field():
    """A denial or a revocation whose reason was lost stands without one."""
    assert typed_if_any({}, "reason") == ""
