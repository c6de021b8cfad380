"""
The surfaces only one person sees: the stack of modals, and the App Home.

The rules are Slack's: at most three modals on top of each other, one external id at a time, a new
hash at each change, and what was typed survives an update whose block and action ids stay.
https://docs.slack.dev/surfaces/modals
"""

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from localslack.changes import Change, Changes, Subject
from localslack.form_state import Choices, kept
from localslack.wire import Json, RefusedError

DEEPEST_STACK = 3


@dataclass(slots=True, kw_only=True)
class View:
    """A modal or an App Home, with what its one reader has filled in."""

    id: str
    owner: str
    type: str
    blocks: list[Json]
    root_view_id: str
    previous_view_id: str | None = None
    title: Json | None = None
    submit: Json | None = None
    close: Json | None = None
    private_metadata: str = ""
    callback_id: str = ""
    external_id: str = ""
    clear_on_close: bool = False
    notify_on_close: bool = False
    hash: str = ""
    choices: Choices = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    problem: str | None = None


_WRITABLE = (
    "title",
    "submit",
    "close",
    "private_metadata",
    "callback_id",
    "external_id",
    "clear_on_close",
    "notify_on_close",
)


def _fresh_hash() -> str:
    return f"{int(time.time())}.{secrets.token_urlsafe(6)}"


class Surfaces:
    """All open modals and published homes of one workspace."""

    def __init__(self, changes: Changes) -> None:
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        self._changes = changes

    def stack(self, person: str) -> list[View]:
        """Give a person's modals, the one on top last."""
        return self._stacks.setdefault(person, [])

    def modal(self, person: str) -> View | None:
        """Give the modal a person is looking at."""
        stack = self.stack(person)
        return stack[-1] if stack else None

    def home(self, person: str) -> View | None:
        """Give a person's App Home, None until it is published."""
        return self._homes.get(person)

    def find(self, *, view_id: str = "", external_id: str = "") -> View:
        """Find a view that is still there. Raises RefusedError not_found."""
        for view in self._all():
            if (view_id and view.id == view_id) or (external_id and view.external_id == external_id):
                return view
        raise RefusedError("not_found")

    def open(self, person: str, content: Json) -> View:
        """Show a modal in place of whatever modals the person had."""
        self._require_free(content.get("external_id", ""))
        view = self._make(person, content)
        self._stacks[person] = [view]
        self._tell(view)
        return view

    def push(self, person: str, content: Json) -> View:
        """Lay a modal on top. Raises RefusedError push_limit_reached or not_found."""
        stack = self.stack(person)
        if not stack:
            raise RefusedError("not_found")
        if len(stack) >= DEEPEST_STACK:
            raise RefusedError("push_limit_reached")
        self._require_free(content.get("external_id", ""))
        view = self._make(person, content)
        view.root_view_id, view.previous_view_id = stack[0].id, stack[-1].id
        stack.append(view)
        self._tell(view)
        return view

    def update(self, view: View, content: Json, *, expected_hash: str = "") -> View:
        """Replace what a view shows. Raises RefusedError hash_conflict."""
        if expected_hash and expected_hash != view.hash:
            raise RefusedError("hash_conflict")
        if content.get("external_id", "") != view.external_id:
            self._require_free(content.get("external_id", ""))
        self._fill(view, content)
        view.choices = kept(view.blocks, view.choices)
        view.errors, view.problem = {}, None
        self._tell(view)
        return view

    def publish(self, person: str, content: Json, *, expected_hash: str = "") -> View:
        """Set a person's App Home. Raises RefusedError hash_conflict."""
        present = self._homes.get(person)
        if present is None:
            present = self._homes[person] = self._make(person, content)
            self._tell(present)
            return present
        return self.update(present, content, expected_hash=expected_hash)

    def dismiss(self, view: View) -> None:
        """Take one modal away; the one below shows again."""
        self._stacks[view.owner] = [each for each in self.stack(view.owner) if each is not view]
        self._tell(view)

    def dismiss_all(self, person: str) -> None:
        """Take all of a person's modals away."""
        self._stacks[person] = []
        self._changes.announce(Change(subject=Subject.MODAL, person=person))

    def touched(self, view: View) -> None:
        """Tell the reader that a view changed."""
        self._tell(view)

    def _all(self) -> Iterator[View]:
        for stack in self._stacks.values():
            yield from stack
        yield from self._homes.values()

    def _require_free(self, external_id: str) -> None:
        if external_id and any(view.external_id == external_id for view in self._all()):
            raise RefusedError("duplicate_external_id")

    def _make(self, person: str, content: Json) -> View:
        view_id = f"V0{secrets.token_hex(5).upper()}"
        view = View(id=view_id, owner=person, type=content["type"], blocks=[], root_view_id=view_id)
        self._fill(view, content)
        return view

    def _fill(self, view: View, content: Json) -> None:
        view.blocks = content["blocks"]
        defaults = View(id="", owner="", type="", blocks=[], root_view_id="")
        for name in _WRITABLE:
            setattr(view, name, content.get(name) or getattr(defaults, name))
        view.hash = _fresh_hash()

    def _tell(self, view: View) -> None:
        subject = Subject.HOME if view.type == "home" else Subject.MODAL
        self._changes.announce(Change(subject=subject, person=view.owner))
