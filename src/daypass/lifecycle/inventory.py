"""
Whether what is asked for is there, before anybody is bothered with it: a request for `2026` where only `2026/` is.

    no such bucket                       refused, with the nearest buckets that the person may ask for
    no such object                       refused, with the nearest names beside it
    nothing under a prefix               refused if a name beside it is near; else it may come to be
    written to, for later, again         not looked up: what is not there yet may be meant
    in an emergency, for more time       not looked up: it must not be held up, or it was there
    AWS does not answer, or forbids it   not known, so not refused

Nobody is told of what is there or not there who has no rule that gives, at that place, what they ask for; and of what
lies in a bucket nobody who could not list it: whoever may only write there must not learn its names by asking.
"""

from collections.abc import Callable, Iterable
from difflib import get_close_matches

import structlog

from daypass.lifecycle.bounded_lookups import PATIENCE_S, Soon, T
from daypass.lifecycle.parties import Parties
from daypass.model.entitlement import LIST, WRITE
from daypass.model.errors import BadInput, DaypassError
from daypass.model.request import Ask
from daypass.model.resource import BARE, Resource
from daypass.ports import Catalogue
from daypass.resources.registry import kind_of
from daypass.rules.explain.suggestable import may_name, may_see
from daypass.rules.load.read import RuleBook

_NEAREST = 3
_AS_NEAR = 0.7
_FIRST_LETTERS = 2
_LIST = frozenset({LIST})

log = structlog.get_logger()


class Inventory:
    """What there is, as far as AWS says it soon."""

    def __init__(self, catalogue: Catalogue, *, patience_s: float = PATIENCE_S) -> None:
        """Take what knows it; nothing is asked yet."""
        self._catalogue = catalogue
        self._soon = Soon(patience_s=patience_s, name="inventory", silent="AWS does not say now what there is.")

    def must_have(self, ask: Ask, parties: Parties, rules: RuleBook) -> None:
        """Raise BadInput, with the nearest names, for a place of which it is known that it is not there."""
        place = ask.wish.entitlement.resource
        if place.kind != BARE:  # what there is of other kinds is told by the rehearsal alone
            return
        sees = _Sees(rules, parties, ask.wish.entitlement.levels)
        if ask.urgent or ask.extends or ask.series or not sees(place.root, place.inner):
            return
        try:
            self._soon(lambda: self._catalogue.check(place))
        except BadInput as unknown:
            raise self._no_bucket(place, sees, unknown) from None
        except DaypassError as error:
            log.info("inventory.not_known", bucket=place.root, because=error.report)
            return
        later = ask.wish.recurs is not None or (ask.wish.term is not None and ask.wish.term.starts is not None)
        if later or WRITE in ask.wish.entitlement.levels:
            return
        if sees.names(place.root, place.inner):
            self._must_have_key(place, sees)
        elif not place.whole and sees.names(place.root, f"{place.inner}/"):
            self._must_not_lack_slash(place)

    def _no_bucket(self, place: Resource, sees: "_Sees", unknown: BadInput) -> BadInput:
        known = self._if_known(self._catalogue.buckets) or ()
        near = _near(place.root, (one for one in known if sees(one, "")))
        if not near:
            return unknown
        return BadInput(f"There is no bucket {place.root} here. Did you mean {near}?", field="resource")

    def _must_have_key(self, place: Resource, sees: "_Sees") -> None:
        bucket, key = place.root, place.inner
        found = self._if_known(lambda: self._catalogue.prefixes(bucket, key))
        if found is None or (found if place.whole else key in found):
            return
        near = self._beside(place, sees)
        if near:
            raise BadInput(f"There is no {kind_of(place).noun(place)} {place}. Did you mean {near}?", field="resource")
        if not place.whole:
            around = f"{bucket}/{key[: key.rfind('/') + 1]}"
            raise BadInput(f"There is no object {place}. Check its name, or request {around}.", field="resource")

    def _must_not_lack_slash(self, place: Resource) -> None:
        """Offer the prefix in place of an object that no rule covers; whether that object is there is not told."""
        found = self._if_known(lambda: self._catalogue.prefixes(place.root, place.inner))
        if f"{place.inner}/" in (found or ()):
            raise BadInput(f"No rule covers the object {place} for you. Did you mean {place}/?", field="resource")

    def _beside(self, place: Resource, sees: "_Sees") -> str:
        """Name what is there beside it and is called nearly so."""
        bare = place.inner.removesuffix("/")
        folder = bare[: bare.rfind("/") + 1]
        starts = (bare, bare[: len(folder) + _FIRST_LETTERS], folder)
        listed = [self._if_known(lambda start=start: self._catalogue.prefixes(place.root, start)) for start in starts]  # type: ignore[misc]
        names = {name for names in listed for name in names or () if sees.names(place.root, name)}
        for twin in (bare, f"{bare}/"):  # the slash alone was wrong
            if twin in names:
                return f"{place.root}/{twin}"
        beside = (name.removeprefix(folder) for name in names if name.startswith(folder))
        return _near(place.inner.removeprefix(folder), beside, before=f"{place.root}/{folder}")

    def _if_known(self, ask: Callable[[], T]) -> T | None:
        try:
            return self._soon(ask)
        except DaypassError as error:
            log.info("inventory.not_known", because=error.report)
            return None


class _Sees:
    """What may be told to who asks: where the rules could give these levels to them, and to whoever it is for."""

    def __init__(self, rules: RuleBook, parties: Parties, levels: frozenset[str]) -> None:
        self._rules, self._people, self._levels = rules, (parties.asker, parties.principal), levels

    def __call__(self, bucket: str, start: str) -> bool:
        return all(may_see(self._rules, one, bucket, start, levels=self._levels) for one in self._people)

    def names(self, bucket: str, start: str) -> bool:
        """Whether they may be told the names of what lies there."""
        return bool(start) and all(
            may_name(self._rules, one, bucket, start, levels=levels)
            for one in self._people
            for levels in (self._levels, _LIST)
        )


def _near(name: str, known: Iterable[str], *, before: str = "") -> str:
    """Name those that begin with what was typed, else those that are spelt nearly so."""
    names = sorted(known)
    begun = [one for one in names if name and one.startswith(name)][:_NEAREST]
    found = begun or get_close_matches(name, names, n=_NEAREST, cutoff=_AS_NEAR)
    return " or ".join(f"{before}{one}" for one in found)
