"""What a request would write into AWS, for the approvers to read: the IAM actions."""

import json
from collections.abc import Iterator

from daypass.doors.services import Services
from daypass.doors.slack.texts import actions as texts
from daypass.doors.slack.texts import refusals as sorry
from daypass.model.errors import DaypassError, NotFound
from daypass.model.grant import Grant
from daypass.model.principal import AwsIdentity
from daypass.model.request import Request
from daypass.ports import Paper

_MOST = 40


def in_aws(services: Services, request: Request) -> str:
    """
    Name the actions that approving this request would allow, as its provisioner rehearses it.

    An approver is asked even when AWS does not answer or the rehearsal is refused: then the sentence says why.
    """
    try:
        papers = services.judge.deliveries[request.delivery].rehearse(_draft(services, request)).papers
    except KeyError:
        return texts.actions_unknown(sorry.DELIVERY_OFF)
    except DaypassError as error:
        return texts.actions_unknown(error.sentence)
    actions = list(dict.fromkeys(action for paper in papers for action in _actions(paper)))
    return texts.actions_in_aws(actions[:_MOST])


def _draft(services: Services, request: Request) -> Grant:
    now = services.clock()
    draft = Grant(
        id=request.id,
        principal=request.principal,
        entitlement=request.entitlement,
        delivery=request.delivery,
        term=request.term,
        approved_at=now,
        aws=_aws(services, request),
        extends=request.extends,
    )
    return draft.leased(request.term.lease(now))


def _aws(services: Services, request: Request) -> AwsIdentity | None:
    try:
        return services.directory.principal(request.principal).aws
    except NotFound:
        return None


def _actions(paper: Paper) -> Iterator[str]:
    try:
        document = json.loads(paper.text)
    except ValueError:
        return
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    for statement in statements if isinstance(statements, list) else [statements]:
        if statement.get("Effect") == "Allow":
            actions = statement.get("Action", [])
            yield from [actions] if isinstance(actions, str) else actions
