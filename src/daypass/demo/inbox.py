"""What one person alone is told in the local Slack."""

from daypass.demo.story import DoesNotHoldError, wait_for
from localslack import BlockingActor, Message


def seen(person: BlockingActor) -> set[str]:
    """What this person alone has been told until now."""
    return {message.ts for message in person.ephemerals()}


def told(person: BlockingActor, known: set[str]) -> Message:
    """Wait for what this person alone is told next. Raises DoesNotHoldError when nothing comes."""
    fresh = wait_for(lambda: [message for message in person.ephemerals() if message.ts not in known])
    if not fresh:
        raise DoesNotHoldError("the person is told what became of the click")
    return fresh[-1]
