"""Command lines that speak for somebody, or wait to: ports.Logins. All but the first step is written by the ledger."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from daypass.model.errors import Conflict, NotFound
from daypass.model.login import Login
from daypass.model.principal import PrincipalId
from daypass.store.codec import LOGINS
from daypass.store.damaged_rows import each, readable
from daypass.store.database import Database
from daypass.store.login_queue import PendingLogin, gives_way
from daypass.store.tables import logins


class SqlLogins:
    """The logins in a database."""

    def __init__(self, database: Database) -> None:
        """Keep them in this database, which must have its tables."""
        self._database = database

    def await_confirmation(self, login: Login, *, now: datetime) -> None:
        """
        Keep a login that nobody has confirmed; drop those that lapsed, and one where many wait (see waiting).

        Raises TooOften where all that wait began just now.
        """
        waits = logins.c.principal.is_(None)
        try:
            with self._database.writing() as connection:
                connection.execute(delete(logins).where(waits, logins.c.expires_at <= now))
                _make_room(connection, login, now)
                connection.execute(insert(logins), [LOGINS.write(login, self._database.sealer)])
        except IntegrityError as error:
            raise Conflict("A login with this device code is there already; begin again.") from error

    def by_device(self, device_hash: str) -> Login:
        """Read a login by its device code's hash. Raises NotFound."""
        return self._only(logins.c.device_hash == device_hash)

    def by_user_code(self, user_code: str, *, now: datetime) -> Login:
        """
        Read the login that waits, unexpired, with this code: for its person, or confirmed, for its token.

        Raises NotFound for no such code, and for one that two command lines were given: nobody's click is guessed at.
        """
        waits = (logins.c.user_code == user_code) & (logins.c.expires_at > now) & logins.c.token_hash.is_(None)
        return self._only(waits)

    def by_token(self, token_hash: str) -> Login:
        """Read a login by its token's hash. Raises NotFound."""
        return self._only(logins.c.token_hash == token_hash)

    def of(self, principal: PrincipalId) -> list[Login]:
        """Read the logins of a person, newest first."""
        theirs = LOGINS.select.where(logins.c.principal == principal).order_by(logins.c.asked_at.desc())
        with self._database.reading() as connection:
            return readable(connection, theirs, LOGINS, self._database.sealer)

    def live(self, *, now: datetime) -> list[Login]:
        """Read every login that is somebody's, and neither ended nor over, newest first."""
        theirs = LOGINS.select.where(logins.c.principal.is_not(None), logins.c.expires_at > now)
        with self._database.reading() as connection:
            found = readable(connection, theirs, LOGINS, self._database.sealer)
        live = (one for one in found if one.revoked_at is None)
        return sorted(live, key=lambda one: (one.asked_at, one.device_hash), reverse=True)

    def over(self, *, now: datetime, principal: PrincipalId | None) -> Iterator[Login]:
        """Read every login that was somebody's, or a person's, and was ended or is over, oldest first."""
        whose = logins.c.principal.is_not(None) if principal is None else logins.c.principal == principal
        for one in each(self._database, [LOGINS.select.where(whose)], LOGINS):
            if one.revoked_at is not None or one.expires_at <= now:
                yield one

    def _only(self, condition: ColumnElement[bool]) -> Login:
        with self._database.reading() as connection:
            rows = connection.execute(LOGINS.select.where(condition).limit(2)).all()
        if len(rows) != 1:
            raise NotFound("There is no such login.")
        return LOGINS.read(rows[0], self._database.sealer)


def _make_room(connection: Connection, login: Login, now: datetime) -> None:
    """Drop whoever gives way among those that wait for the same."""
    line = (
        select(logins.c.device_hash, logins.c.network, logins.c.asked_at)
        .where(logins.c.principal.is_(None), logins.c.aim == login.aim)
        .order_by(logins.c.asked_at, logins.c.device_hash)
    )
    first = gives_way([PendingLogin(*row) for row in connection.execute(line)], login.network, now)
    if first is not None:
        connection.execute(delete(logins).where(logins.c.device_hash == first.device_hash))
