"""What is said of people who left."""

from daypass.doors.slack.texts.requests import person
from daypass.model.event import Event
from daypass.model.principal import PrincipalId

_NAMED = 10


def held(event: Event) -> str:
    """Told to the owners of the rules when too many people are said to have left at once."""
    told = event.details.get("people")
    people = told if isinstance(told, tuple) else ()
    names = ", ".join(person(PrincipalId(one)) for one in people[:_NAMED])
    more = f" and {len(people) - _NAMED} more" if len(people) > _NAMED else ""
    return (
        f"*Slack says that {len(people)} people left within a minute*: {names}{more}. Nothing of theirs has ended: "
        "that many at once may be a fault of Slack's. An owner of the rules runs `daypass leavers confirm` to end "
        "all that they have, or `daypass leavers dismiss` to leave it as it is."
    )
