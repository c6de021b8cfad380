"""What a database says when it fails, turned into our errors. The one place where that is done."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from daypass.model.errors import BadInput, DaypassError, Misconfigured, Unavailable

_SHAPE_STATES = {"42P01", "42703"}  # undefined table, undefined column
_SHAPE_WORDS = ("no such table", "no such column", "has no column named")
_DAMAGE_WORDS = ("file is not a database", "malformed")
_PATH_WORDS = "unable to open database file"
_IS_IT_THERE = f"{_PATH_WORDS}: is its folder there, and may Daypass write in it?"
_RIGHTS_STATE = "42501"
_POOLER_STATES = {"26000", "42P05"}  # a prepared statement that is not there, or is there already
_POOLER_WORDS = "unsupported startup parameter"
_REFUSED = "FATAL:"
_LONGEST = 300


@contextmanager
def translated() -> Iterator[None]:
    """
    Raise Unavailable, Misconfigured or BadInput where the SQL toolkit would raise its own.

    A broken constraint is passed on as IntegrityError: who wrote the statement knows what it means.
    """
    try:
        yield
    except IntegrityError:
        raise
    except (DataError, UnicodeEncodeError) as error:
        said = _said(error.orig if isinstance(error, DataError) else error)
        raise BadInput(f"The database cannot hold that ({said}); write it in plain signs.") from error
    except NoConnectionFree as error:
        raise Unavailable("Every connection to the database is in use; it will be tried again.") from error
    except DBAPIError as error:
        raise _ours(error) from error


def _ours(error: DBAPIError) -> DaypassError:
    said = _said(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    if state in _SHAPE_STATES or any(words in said for words in _SHAPE_WORDS):
        return Misconfigured(f"The database lacks tables that this Daypass needs ({said}); run `daypass migrate`.")
    if any(words in said for words in _DAMAGE_WORDS):
        return Misconfigured(f"The database file cannot be read ({said}); restore it from a backup.")
    if state in _POOLER_STATES or _POOLER_WORDS in said:
        return Misconfigured(f"A pooler stands before the database ({said}); add ?pooler=transaction to its address.")
    if state == _RIGHTS_STATE:
        return Misconfigured(f"The database user may not do what Daypass needs ({said}); grant it that.")
    detail = _IS_IT_THERE if _PATH_WORDS in said else said
    does = "refuses connections" if _REFUSED in said else "does not answer"
    return Unavailable(f"The database {does}. What it holds is safe; try again in a moment.").because(detail)


def _said(error: BaseException | None) -> str:
    return " ".join(str(error).split())[:_LONGEST]
