"""What was said in Slack about a request, and where, beside the event loop: ports.Postings."""

import asyncio
from dataclasses import dataclass

from daypass.model.grant import GrantId
from daypass.ports import Message, Postings


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPostings:
    """The messages of requests, by what they are for: `review`, `review:PLACE`, `status`, `told:LINE`."""

    postings: Postings

    async def recall(self, subject: GrantId, purpose: str) -> list[Message]:
        """Read the messages kept, oldest first."""
        return await asyncio.to_thread(lambda: self.postings.recall(subject, purpose))

    async def remember(self, subject: GrantId, purpose: str, message: Message) -> None:
        """Keep a message."""
        await asyncio.to_thread(lambda: self.postings.remember(subject, purpose, message))
