"""How access is used, by delivery, as the requestor reads it: lines to paste, and what a button does."""

from daypass.doors.slack.blocks import code, escape, fenced
from daypass.doors.slack.texts.requests import asked_for, person, what
from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery, Grant
from daypass.model.principal import ROBOT
from daypass.model.request import Request
from daypass.resources.registry import kind_of


def how_to_use(grant: Grant, public_url: str) -> str:
    """How the access is used, in mrkdwn, by delivery, and what surprises people then."""
    surprises = (
        () if grant.delivery is Delivery.LINK else kind_of(grant.entitlement.resource).caveats(grant.entitlement)
    )
    return "\n".join([_use(grant, public_url), *map(escape, surprises)])


def _use(grant: Grant, public_url: str) -> str:
    match grant.delivery:
        case Delivery.SESSION:
            profile = f"[profile daypass-{grant.id}]\ncredential_process = daypass credentials {grant.id}"
            command = fenced(f"daypass exec {grant.id} -- {_example(grant.entitlement)}")
            return f"On your command line:\n{command}\nFor any AWS tool, in `~/.aws/config`:\n{fenced(profile)}"
        case Delivery.POLICY:
            who = f" ({code(grant.aws.arn)})" if grant.aws else ""
            return f"Your own AWS keys{who} now may {what(grant.entitlement)}:\n{fenced(_example(grant.entitlement))}"
        case Delivery.LINK:
            return (
                "Press the button for a link, or on your command line:\n"
                f"{fenced(f'daypass link {grant.id}{_key(grant.entitlement)}')}\n"
                f"Links begin with {escape(public_url)}/l/ and stop working when this ends."
            )


def asked_for_you(request: Request) -> str:
    """The first line for whom somebody else asked."""
    more = "for more time " if request.extends else ""
    return f"{person(request.requestor)} asked for you {more}to {asked_for(request)}."


def used_by(request: Request) -> str:
    """Said in place of how to use it to the one who asked and does not have it."""
    if request.principal.startswith(ROBOT):
        return f"{person(request.principal)} uses it, with its own token."
    return f"{person(request.principal)} has it, and is told how to use it."


def _example(entitlement: Entitlement) -> str:
    return kind_of(entitlement.resource).usage(entitlement)[0]


def _key(entitlement: Entitlement) -> str:
    return "" if not entitlement.resource.whole else " KEY"
