"""Robots: programs that may ask. Who they are is kept as records, and a person answers for each."""

from collections.abc import Callable

from daypass.model.bot import Bot
from daypass.model.errors import NotFound
from daypass.model.principal import Principal, PrincipalId
from daypass.model.record import Validity


class BotDirectory:
    """Looks robots up."""

    def __init__(self, find: Callable[[PrincipalId], Bot]) -> None:
        """Take the way to one robot, which raises NotFound."""
        self._find = find

    def principal(self, principal_id: PrincipalId) -> Principal:
        """Read one robot as it is now; one that was closed is not active. Raises NotFound."""
        try:
            robot = self._find(principal_id)
        except NotFound:
            raise NotFound(f"There is no robot {principal_id}; somebody must make it first.") from None
        return Principal(
            id=robot.id,
            name=robot.id,
            active=robot.state is Validity.OPEN,
            owner=robot.owner,
            holders=robot.holders,
        )
