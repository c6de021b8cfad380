"""
A message to the app by itself: somebody says hello, or forgets the slash. Nobody is answered with silence.

Daypass takes commands and clicks. What it says names the command that was meant, so that the next step is one to type;
what was written is neither done nor kept.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from daypass.doors.language import SLACK_VERBS
from daypass.doors.language.tokenize import nearest
from daypass.doors.slack.blocks import Note
from daypass.doors.slack.help import helped
from daypass.doors.slack.outbound import Gone, OutboundMessages, TryLater
from daypass.doors.slack.texts import help as said

_PAUSE = timedelta(seconds=3)
_REMEMBERED = 1_000
_LOOKS_AROUND = frozenset({"help", "-h", "--help", "version", "commands"})
_SHORTEST_TYPO, _AS_NEAR = 4, 0.8
_SPOKEN = frozenset({"", "file_share", "me_message"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Answers people who write to the app."""

    outgoing: OutboundMessages
    _answered: OrderedDict[tuple[str, str], datetime] = field(default_factory=OrderedDict)
    """Whom it gave which answer last, and when: whoever pastes a page hears the same once."""

    async def heard(self, body: Mapping[str, Any]) -> None:
        """Answer one message event, if it is a person's message to the app that is in no thread."""
        event = body["event"]
        person = str(event.get("user") or "")
        ours = {event.get(name) for name in ("team", "user_team", "source_team")} - {None} <= {body.get("team_id")}
        if not (person and ours and _is_to_us(event)):
            return
        answer = _answer(str(event.get("text") or ""))
        key = (person, answer.text)
        if not self._may_answer(key):
            return
        try:
            await self.outgoing.post(str(event["channel"]), answer)
        except (Gone, TryLater):  # the person writes again, or finds the commands in Home
            self._answered.pop(key, None)

    def _may_answer(self, key: tuple[str, str]) -> bool:
        now = self.outgoing.clock()
        before = self._answered.pop(key, None)
        is_new = before is None or now - before >= _PAUSE
        self._answered[key] = before if before is not None and not is_new else now
        while len(self._answered) > _REMEMBERED:
            self._answered.popitem(last=False)
        return is_new


def _is_to_us(event: Mapping[str, Any]) -> bool:
    by_app = event.get("bot_id") or (event.get("subtype") or "") not in _SPOKEN
    return event.get("channel_type") == "im" and not by_app and not event.get("thread_ts")


def _answer(text: str) -> Note:
    first, *rest = text.lower().split()[:2] or [""]
    word = (rest[0] if first.strip("/") == "daypass" and rest else first).strip("/.,!?`")
    if word in _LOOKS_AROUND:
        return helped(None)
    verb = _meant(word)
    return Note(text=said.command_meant(verb) if verb and verb != "help" else said.COMMANDS_ONLY)


def _meant(word: str) -> str:
    """Find the command that a first word stands for; none in prose: `can` is no `cancel`, and `how` no `show`."""
    return nearest(word, SLACK_VERBS, cutoff=_AS_NEAR if len(word) >= _SHORTEST_TYPO else 1.0)
