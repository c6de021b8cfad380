"""
People who ask for access, use it, and end it early or not, by the API of whichever replica answers.

What they saw is kept: when AWS first let them read, when it last did, when an early end was acknowledged.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from random import Random
from typing import Any
from uuid import uuid4

import httpx2

from tests.soak.chaos.probes import Probes, Watched
from tests.soak.chaos.replicas import APPROVER, BUCKET, PLACES, Replicas

_TRIES_S = 90.0
"""How long a person tries the same again before they give up: longer than any trouble."""
_LONGEST_S = 200.0
"""From an approval, or an early end, until everything must be over: the longest access, and two minutes."""


@dataclass
class Story:
    """One place that one person had access to: a grant, perhaps prolonged by another."""

    who: str
    delivery: str
    place: int
    ids: list[str] = field(default_factory=list)
    approved: float = 0.0
    ends: float = 0.0
    """The latest date that was written for it."""
    end_sent: float = 0.0
    end_acknowledged: float = 0.0
    end_refused: str = ""
    end_unknown: bool = False
    """An early end was sent whose answer was lost."""
    watched: list[Watched] = field(default_factory=list)
    entries: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def first(self) -> float:
        """When AWS first let them read; 0 when it never did."""
        return min((one.first for one in self.watched if one.first), default=0.0)

    @property
    def last(self) -> float:
        """When AWS last let them read."""
        return max((one.last for one in self.watched), default=0.0)


class Answers:
    """The API, at whichever replica answers; what breaks is tried again at the other."""

    def __init__(self, replicas: Replicas, dice: Random) -> None:
        self._replicas, self._dice = replicas, dice
        self._client = httpx2.Client(timeout=12, verify=False)

    def ask(self, who: str, path: str, body: Any = None, *, key: str = "") -> tuple[int, dict[str, Any], float, bool]:
        """Return the status, the answer, when the first try was sent, and whether an earlier try's answer was lost."""
        deadline, sent, lost = time.monotonic() + _TRIES_S, time.time(), False
        headers = {"Authorization": f"Bearer {self._replicas.tokens[who]}"} | ({"Idempotency-Key": key} if key else {})
        for which in self._turns():
            with suppress(httpx2.HTTPError, ValueError):
                url = f"{which.url}{path}"
                method = "GET" if body is None else "POST"
                answer = self._client.request(method, url, json=body, headers=headers)
                if answer.status_code < httpx2.codes.INTERNAL_SERVER_ERROR:
                    return answer.status_code, answer.json(), sent, lost
            lost = True
            if time.monotonic() > deadline:
                return 0, {}, sent, lost
            time.sleep(0.3)
        raise AssertionError("there is always another try")

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def _turns(self) -> Iterator[Any]:
        first = self._dice.randrange(2)
        return (self._replicas.replicas[(first + number) % 2] for number in count())


class Holder(threading.Thread):
    """One person, who asks again as soon as the last access is over."""

    def __init__(self, who: str, replicas: Replicas, probes: Probes, dice: Random, places: Iterator[int]) -> None:
        super().__init__(name=who, daemon=True)
        self.who, self._replicas, self._probes, self._dice, self._places = who, replicas, probes, dice, places
        self._api = Answers(replicas, dice)
        self.stories: list[Story] = []
        self.enough = threading.Event()
        self.failed: BaseException | None = None

    def run(self) -> None:
        """Ask, use, end; until it is enough."""
        try:
            while not self.enough.is_set():
                self._once()
        except BaseException as error:  # the top of a thread: whoever started it raises this
            self.failed = error
            raise
        finally:
            self._api.close()

    def _once(self) -> None:
        story = Story(self.who, self._dice.choice(("policy", "session")), next(self._places) % PLACES)
        self.stories.append(story)
        length = self._dice.randint(10, 40)
        grant = self._granted(story, {"for": f"{length}s"})
        if not grant:
            return
        plan = self._dice.choices(("expire", "done", "revoke", "at once", "extend"), (4, 3, 2, 3, 2))[0]
        if plan == "at once":
            time.sleep(self._dice.uniform(0, 1.5))
            self._end(story, grant, "done")
        else:
            self._use(story, grant, within_s=length + 30)
            if plan == "extend":
                time.sleep(self._dice.uniform(0, length / 2))
                self._extend(story, grant)
            if plan in {"done", "revoke"} or (plan == "extend" and self._dice.random() < 0.6):
                self.enough.wait(self._dice.uniform(0, length))
                verb = "revoke" if plan == "extend" else plan
                self._end(story, grant, verb)
        self._wait_for_the_end(story)

    def _granted(self, story: Story, term: dict[str, str]) -> str:
        wish = {"level": "read", "resource": f"{BUCKET}/{story.place}/", "delivery": story.delivery, **term}
        status, answer, *_ = self._api.ask(self.who, "/v1/requests", wish, key=uuid4().hex)
        if status != httpx2.codes.CREATED:
            story.notes.append(f"asking: {status} {answer}")
            time.sleep(1)
            return ""
        return self._approved(story, str(answer["id"]))

    def _approved(self, story: Story, grant: str) -> str:
        story.ids.append(grant)
        story.watched.append(self._probes.watch(Watched(self._replicas.keys[self.who], BUCKET, f"{story.place}/x")))
        status, answer, *_, lost = self._api.ask(APPROVER, f"/v1/requests/{grant}/approve", self._replicas.as_requested)
        if status != httpx2.codes.OK and not lost:
            story.notes.append(f"approving: {status} {answer}")
            return ""
        story.approved = story.approved or time.time()
        return grant

    def _extend(self, story: Story, grant: str) -> None:
        term = {"for": f"{self._dice.randint(10, 30)}s", "reason": "more"}
        status, answer, *_ = self._api.ask(self.who, f"/v1/grants/{grant}/extend", term, key=uuid4().hex)
        if status == httpx2.codes.CREATED:
            self._approved(story, str(answer["id"]))

    def _use(self, story: Story, grant: str, *, within_s: float) -> None:
        """Wait until it is live; of a session, be handed credentials."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline and not story.first:
            _, answer, *_ = self._api.ask(self.who, f"/v1/requests/{grant}")
            state = (answer.get("grant") or {}).get("state", "")
            if state in {"ending", "ended"}:
                return
            if state == "active" and story.delivery == "session":
                status, handed, *_ = self._api.ask(self.who, f"/v1/grants/{grant}/credentials", {})
                if status == httpx2.codes.OK:
                    keys = self._replicas.session(handed)
                    story.watched.append(self._probes.watch(Watched(keys, BUCKET, f"{story.place}/x")))
                    time.sleep(0.3)
            time.sleep(0.3)

    def _end(self, story: Story, grant: str, verb: str) -> None:
        by = self.who if verb == "done" else APPROVER
        body = {} if verb == "done" else {"reason": "INC-42"}
        status, answer, sent, lost = self._api.ask(by, f"/v1/grants/{grant}/{verb}", body)
        story.end_sent = sent
        if status == httpx2.codes.OK:
            story.end_acknowledged = time.time()
        elif lost:
            story.end_unknown = True
        else:
            story.end_refused = f"{status} {answer}"

    def _wait_for_the_end(self, story: Story) -> None:
        """Look on until a while after the last date, or after an early end."""
        while True:
            self._read(story)
            over = all(state in {"ended", ""} for state in story.states.values())
            if over and time.time() > max(story.last, story.end_acknowledged) + 2:
                break
            if time.time() > (story.end_acknowledged or story.approved) + _LONGEST_S:
                story.notes.append(f"stuck: {story.states}, {story.ends - time.time():.0f} s before its date")
                break
            time.sleep(1)
        for one in story.watched:
            one.over = True

    def _read(self, story: Story) -> None:
        for grant in story.ids:
            status, answer, *_ = self._api.ask(self.who, f"/v1/requests/{grant}")
            if status == httpx2.codes.OK:
                found = answer.get("grant") or {}
                story.states[grant] = found.get("state", "")
                story.entries[grant] = answer["story"]
                if found.get("ends"):
                    story.ends = max(story.ends, datetime.fromisoformat(found["ends"]).timestamp())
