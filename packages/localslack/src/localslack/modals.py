"""
Sending and closing modals: what the client checks, what the app may answer, what then shows.

https://docs.slack.dev/surfaces/modals#handling_submissions
"""

from dataclasses import dataclass, field
from typing import Any

from localslack import payloads
from localslack.client_rules import field_errors
from localslack.courier import Courier
from localslack.deliveries import Answer, Delivery, Failure, Family
from localslack.people import TOO_LATE, TROUBLE
from localslack.surfaces import View
from localslack.web_api.views import accepted_view
from localslack.wire import Json, RefusedError
from localslack.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """
    What came of pressing submit.

    `errors` stand beside fields by block id; `problem` is Slack's sentence at the foot of the
    modal; `reached_app` is False when the client itself found a field wanting.
    """

    errors: dict[str, str] = field(default_factory=dict)
    problem: str | None = None
    reached_app: bool = True
    closed: bool = False


class Submitting:
    """Sends and closes the modals of all people."""

    def __init__(self, world: World, courier: Courier) -> None:
        self._world = world
        self._courier = courier

    async def submit(self, view: View) -> Submitted:
        """Press the submit button of a modal."""
        view.errors, view.problem = field_errors(view), None
        if view.errors:
            self._world.surfaces.touched(view)
            return Submitted(errors=view.errors, reached_app=False)
        answer = await self._courier.send(self._submission(view))
        if answer.failure is not None:
            return self._trouble(view, answer)
        try:
            self._obey(view, answer)
        except _UselessAnswerError:
            return self._trouble(view, answer)
        stack = self._world.surfaces.stack(view.owner)
        return Submitted(errors=view.errors, closed=view not in stack)

    async def close(self, view: View, *, everything: bool = False) -> None:
        """Press cancel, or the x in the corner; the app hears of it when it asked to."""
        stack = list(self._world.surfaces.stack(view.owner))
        gone = stack if everything or view.clear_on_close else [view]
        for each in reversed(gone):
            self._world.surfaces.dismiss(each)
            if each.notify_on_close:
                await self._courier.send(self._closing(each, cleared=len(gone) > 1))

    def _submission(self, view: View) -> Delivery:
        payload = payloads.interaction(self._world, "view_submission", view.owner) | {
            "trigger_id": self._world.tickets.trigger(view.owner, from_view=view.id),
            "view": payloads.view(self._world, view),
            "response_urls": [],
        }
        return Delivery(family=Family.INTERACTION, payload=payload, person=view.owner)

    def _closing(self, view: View, *, cleared: bool) -> Delivery:
        payload = payloads.interaction(self._world, "view_closed", view.owner) | {
            "view": payloads.view(self._world, view),
            "is_cleared": cleared,
        }
        return Delivery(family=Family.INTERACTION, payload=payload, person=view.owner)

    def _obey(self, view: View, answer: Answer) -> None:
        """Do what the app answered; nothing at all means: close this modal."""
        surfaces = self._world.surfaces
        match answer.payload or {}:
            case {"response_action": "errors", "errors": dict(errors)}:
                self._show_errors(view, errors)
            case {"response_action": "update", "view": content}:
                surfaces.update(view, _accepted(content))
            case {"response_action": "push", "view": content}:
                surfaces.push(view.owner, _accepted(content))
            case {"response_action": "clear"}:
                surfaces.dismiss_all(view.owner)
            case {"response_action": _}:
                raise _UselessAnswerError
            case _:
                surfaces.dismiss(view)

    def _show_errors(self, view: View, errors: dict[str, Any]) -> None:
        """Show errors beside fields; Slack takes none for blocks that are not input blocks."""
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if not errors or not set(errors) <= inputs or not all(isinstance(e, str) and e for e in errors.values()):
            raise _UselessAnswerError
        view.errors = errors
        self._world.surfaces.touched(view)

    def _trouble(self, view: View, answer: Answer) -> Submitted:
        view.problem = TOO_LATE if answer.failure is Failure.TIMEOUT else TROUBLE
        self._world.surfaces.touched(view)
        return Submitted(problem=view.problem)


class _UselessAnswerError(Exception):
    """The app answered something Slack cannot show."""


def _accepted(content: Any) -> Json:
    try:
        return accepted_view(content)
    except RefusedError as refusal:
        raise _UselessAnswerError from refusal
