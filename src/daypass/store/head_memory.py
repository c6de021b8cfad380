"""
What this process remembers of the journal's head, and how one that remembers nothing hears of it from another.

A new replica, or one whose volume is lost, asks through the database with a number that nobody can foresee; a replica
that remembers a head, and has found nothing wrong, answers with a MAC over that number, its size and its root. Whoever
owns the database can keep the two from each other, and can make up no answer and use none twice.
"""

import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import bindparam, delete, insert, select, update

from daypass.journal.damage import HeadMissing
from daypass.journal.head import RememberedHead
from daypass.model.errors import Misconfigured, Unavailable
from daypass.ports import HeadPlace
from daypass.store.database import Database
from daypass.store.tables import head_questions

_PURPOSE = "daypass journal head v1"


class HeadMemory:
    """The head in its place, and in memory once it was read."""

    def __init__(self, database: Database, place: HeadPlace | None) -> None:
        """Remember it in this place; without one nothing is ever remembered."""
        self.place = place
        self.accepted = 0
        """How often an operator has accepted the journal as it was, as far as we have seen."""
        self._database = database
        self._key = database.signer.derive(_PURPOSE)
        self._text: str | None = None
        self._remembered: RememberedHead | None = None
        self._question = ""
        self._missing = ""
        self.trouble = ""
        """Why its place could not be read or written at the last try; empty when it could."""

    def recall(self) -> RememberedHead | None:
        """What is remembered. Raises Misconfigured for the head of another journal."""
        if self._remembered is None and self.place is not None:
            with self._at_its_place():
                self._text = self.place.read()
            found = None if self._text is None else RememberedHead.parse(self._text, self._database.signer.public)
            if found is not None and found.accepted > self.accepted:
                self.accepted = found.accepted
                self._database.damage.clear()
            if found is not None:
                self._found()
            self._remembered = found
        return self._remembered

    def remember(self, remembered: RememberedHead) -> None:
        """Write down what is to be remembered. Raises Conflict when another process has written there."""
        if self.place is None:
            raise HeadMissing("The journal cannot be folded where no head of it is remembered.")
        text = remembered.text(self._database.signer.public)
        with self._at_its_place():
            self.place.replace(self._text, text)
        self._text, self._remembered = text, remembered
        self._found()

    def forget(self) -> None:
        """Read it anew when it is next asked for."""
        self._remembered = None

    def ask(self, missing: str) -> None:
        """Ask the other replicas, once, and keep as damage that no head is remembered."""
        if not self._question:
            self._question = secrets.token_hex(16)
            with self._database.writing() as connection:
                connection.execute(insert(head_questions), [{"question": self._question}])
        if not self._missing:
            self._missing = missing
            self._database.damage.report(missing)

    def answered(self) -> tuple[int, str] | None:
        """The size and root that another replica remembers; None while nobody has answered."""
        if not self._question:
            return None
        with self._database.reading() as connection:
            row = connection.execute(_ANSWER, {"asked": self._question}).one_or_none()
        if row is None or row.mac is None:
            return None
        mac = self._mac(self._question, row.size, row.root)
        return (row.size, row.root) if hmac.compare_digest(mac, row.mac) else None

    def answer(self, remembered: RememberedHead) -> None:
        """Tell those who ask what we remember, unless anything is wrong; take our own question back."""
        if self._question:
            with self._database.writing() as connection:
                connection.execute(_DROP, {"asked": self._question})
            self._question = ""
        if self._database.damage.found:
            return
        with self._database.reading() as connection:
            questions = list(connection.execute(_OPEN).scalars())
        if questions:
            size, root = remembered.confirmed.size, remembered.confirmed.frontier.root().hex()
            answers = [
                {"asked": one, "to_size": size, "to_root": root, "to_mac": self._mac(one, size, root)}
                for one in questions
            ]
            with self._database.writing() as connection:
                connection.execute(_TELL, answers)

    def _found(self) -> None:
        """It is not missing any more."""
        if self._missing:
            self._database.damage.withdraw(self._missing)
            self._missing = ""

    @contextmanager
    def _at_its_place(self) -> Iterator[None]:
        try:
            yield
        except (Unavailable, Misconfigured) as error:
            self.trouble = error.report
            raise
        self.trouble = ""

    def _mac(self, question: str, size: int, root: str) -> bytes:
        return hmac.digest(self._key, f"{question}\n{size}\n{root}".encode(), "sha256")


_columns = head_questions.c
_ANSWER = select(_columns.size, _columns.root, _columns.mac).where(_columns.question == bindparam("asked"))
_OPEN = select(_columns.question).where(_columns.mac.is_(None))
_TELL = (
    update(head_questions)
    .where(_columns.question == bindparam("asked"))
    .values(size=bindparam("to_size"), root=bindparam("to_root"), mac=bindparam("to_mac"))
)
_DROP = delete(head_questions).where(_columns.question == bindparam("asked"))
