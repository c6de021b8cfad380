"""What people wrote, which may be erased: beside the journal, whose entries have the hash of it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId


class Words(Protocol):
    """The words beside the journal."""

    def erase(
        self,
        *,
        by: PrincipalId | None,
        stories: Sequence[GrantId],
        nobodys: Sequence[PrincipalId],
        before: datetime | None,
        tell: Callable[[int], Fact],
    ) -> int:
        """
        Erase words and write the fact that tells of it, in one commit; returns how many texts there were.

        Of a person: what they wrote, what repeats it in the same story, and in their own stories what is by one of
        `nobodys`, who is no person. Of None: everybody's. Older than a moment, if one is given.
        """
        ...
