"""Whether what is asked for is there: said before it is filed, to those alone who have a rule for it."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest

from daypass.lifecycle.inventory import Inventory
from daypass.lifecycle.parties import Parties
from daypass.model.entitlement import Entitlement
from daypass.model.errors import AwsForbids, BadInput, DaypassError, Unavailable
from daypass.model.grant import Delivery, GrantId
from daypass.model.lease import Term
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Ask, Wish
from daypass.model.resource import Resource
from daypass.resources.registry import parse_levels, parse_resource
from tests.makers import ANN, HOUR, NOON, changed
from tests.rules.worlds import written

BOOK = written(
    """
  - {id: reports, who: {people: [U0ANN]}, may: [list, read, write], on: ["acme-reports/**", "acme-arch*/**"],
     for: {default: 1h, max: 8h}, approve: at-once}
  - {id: eves, who: {people: [U0EVE]}, may: [list, read], on: ["acme-reports/secret/**", "acme-secrets/**"],
     for: {default: 1h, max: 8h}, approve: at-once}
  - {id: public, who: anyone, may: [read], on: ["acme-public/**"], for: {default: 1h, max: 8h}, approve: at-once}
  - {id: drops, who: {people: [U0DROP]}, may: [write, delete], on: ["acme-reports/2026/**"],
     for: {default: 1h, max: 8h}, approve: at-once}
  - {id: middles, who: {people: [U0MID]}, may: [list, read], on: ["acme-reports/*/q1/**", "acme-reports/**/q2/**"],
     for: {default: 1h, max: 8h}, approve: at-once}
  - {id: no-secrets, deny: true, who: {people: [U0ANN]}, on: ["acme-reports/secret/**"]}
"""
)
KEYS = {
    "acme-reports": ["2026/q1.csv", "2026/q2.csv", "2025/q1.csv", "readme.txt", "secret/2026.csv", "notes"],
    "acme-archive": ["2019/"],
    "acme-secrets": ["a"],
    "acme-public": ["index.html"],
}


class Shelf:
    """A catalogue that lists one level, as S3 does; `trouble` is what it answers with in place of that."""

    def __init__(self, trouble: Callable[[], object] = lambda: None) -> None:
        self.trouble = trouble
        self.asked = 0

    def buckets(self) -> list[str]:
        """Name them."""
        self._answer()
        return sorted(KEYS)

    def prefixes(self, bucket: str, start: str) -> list[str]:
        """One level."""
        self._answer()
        rests = {key: key[len(start) :].partition("/") for key in KEYS[bucket] if key.startswith(start)}
        return sorted({start + head + slash for head, slash, _ in rests.values()})

    def check(self, place: Resource) -> None:
        """Know these buckets alone."""
        self._answer()
        if place.root not in KEYS:
            raise BadInput("There is no such bucket.", field="resource")

    def _answer(self) -> None:
        self.asked += 1
        self.trouble()


def told(place: str, may: str = "read", *, who: str = ANN, shelf: Shelf | None = None, **more: Any) -> str:
    """What somebody is told of a place that they ask for; nothing where it can be filed."""
    what = Entitlement(resource=parse_resource(place), levels=parse_levels(may))
    person = Principal(id=PrincipalId(who), name="Somebody")
    ask = changed(
        Ask(requestor=person.id, wish=Wish(entitlement=what, delivery=Delivery.SESSION, reason="x")),
        **more,
    )
    try:
        Inventory(shelf or Shelf(), patience_s=5).must_have(ask, Parties(asker=person, principal=person), BOOK)
    except BadInput as refused:
        return refused.sentence if refused.field == "resource" else "beside another word"
    return ""


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("acme-reports/2026", "There is no object acme-reports/2026. Did you mean acme-reports/2026/?"),
        ("acme-reports/notes/", "There is no prefix acme-reports/notes/. Did you mean acme-reports/notes?"),
        (
            "acme-reports/2027/",
            "There is no prefix acme-reports/2027/. Did you mean acme-reports/2026/ or acme-reports/2025/?",
        ),
        (
            "acme-reports/2026/q1.cvs",
            "There is no object acme-reports/2026/q1.cvs. Did you mean acme-reports/2026/q1.csv?",
        ),
        (
            "acme-reports/zebra.bin",
            "There is no object acme-reports/zebra.bin. Check its name, or request acme-reports/.",
        ),
        (
            "acme-reports/20",
            "There is no object acme-reports/20. Did you mean acme-reports/2025/ or acme-reports/2026/?",
        ),
        ("acme-arch/2019/", "There is no bucket acme-arch here. Did you mean acme-archive?"),
        ("acme-archives/2019/", "There is no bucket acme-archives here. Did you mean acme-archive?"),
    ],
)
def test_what_is_not_there_is_named_with_the_nearest_names(place: str, said: str) -> None:
    """Bucket, object, prefix, and the slash that is missing or too much."""
    assert told(place) == said


@pytest.mark.parametrize("place", ["acme-reports", "acme-reports/2026/", "acme-reports/2026/q1.csv", "acme-reports/q/"])
def test_what_is_there_or_may_come_to_be_is_filed(place: str) -> None:
    """A prefix begins with its first object, so an empty one that resembles nothing is nobody's error."""
    assert told(place) == ""


@pytest.mark.parametrize(
    "more",
    [
        {"urgent": True},
        {"extends": GrantId("abcdefgh2345")},
        {"term": Term(length=HOUR, starts=NOON + timedelta(days=1))},
    ],
)
def test_what_must_not_wait_or_may_come_to_be_is_not_looked_up(more: dict[str, Any]) -> None:
    """In an emergency, for more time, and for what begins later."""
    assert told("acme-reports/2026", **more) == ""


def test_what_is_written_need_not_be_there() -> None:
    """It is what the write makes."""
    assert told("acme-reports/2026/q3.csv", "read,write") == ""


@pytest.mark.parametrize("trouble", [Unavailable("AWS is away."), AwsForbids("No.", action="s3:ListBucket")])
@pytest.mark.parametrize("place", ["acme-reports/2026", "acme-archives/", "acme-reports/2027/"])
def test_what_aws_does_not_say_is_never_read_as_not_there(trouble: DaypassError, place: str) -> None:
    """An outage and a permission that lacks keep nobody from asking."""

    def fail() -> None:
        raise trouble

    assert told(place, shelf=Shelf(fail)) == ""


@pytest.mark.parametrize("place", ["acme-reports/2026", "acme-reports/2027/", "acme-reports/zebra.bin"])
def test_a_bucket_that_may_not_be_listed_is_not_read_as_empty(place: str) -> None:
    """It is known to be there, and what lies in it is not."""

    class Closed(Shelf):
        def prefixes(self, bucket: str, start: str) -> list[str]:
            """Forbidden."""
            raise AwsForbids(f"{bucket}/{start}", action="s3:ListBucket")

    assert told(place, shelf=Closed()) == ""


def test_aws_that_hangs_holds_nobody_up_for_long() -> None:
    """Given up after the patience, and not asked again while it hangs."""
    freed = Event()
    shelf = Shelf(lambda: freed.wait(30))
    inventory = Inventory(shelf, patience_s=0.01)
    what = Entitlement(resource=parse_resource("acme-reports/2026"), levels=parse_levels("read"))
    ask = Ask(requestor=ANN, wish=Wish(entitlement=what, delivery=Delivery.SESSION, reason="x"))
    person = Principal(id=ANN, name="Ann")
    for _ in range(3):
        inventory.must_have(ask, Parties(asker=person, principal=person), BOOK)
    freed.set()

    assert shelf.asked == 1


@pytest.mark.parametrize("place", ["acme-reports/2026", "acme-secretz/", "acme-archives/", "acme-nothing/x"])
def test_who_has_no_rule_for_a_place_learns_nothing_of_what_is_there(place: str) -> None:
    """AWS is not even asked."""
    shelf = Shelf()

    assert told(place, who="U0BOB", shelf=shelf) == ""
    assert shelf.asked == 0


@pytest.mark.parametrize("may", ["read", "list", "delete,list"])
@pytest.mark.parametrize("place", ["acme-reports/2026/q1.cvs", "acme-reports/2026/q1.csv", "acme-reports/2026/zebra"])
def test_what_no_rule_gives_is_left_to_the_rules_to_refuse(place: str, may: str) -> None:
    """Whoever may write and delete there is told that, and not of other names that they cannot ask for either."""
    shelf = Shelf()

    assert told(place, may, who="U0DROP", shelf=shelf) == ""
    assert shelf.asked == 0


@pytest.mark.parametrize("place", ["acme-reports/2026/q1.cvs", "acme-reports/2026/q1.csv", "acme-reports/2026/zebra"])
def test_who_could_not_list_a_place_learns_no_names_of_it(place: str) -> None:
    """To delete one object one need not list: whether it is there is not said, as AWS does not say it either."""
    assert told(place, "delete", who="U0DROP") == ""


@pytest.mark.parametrize(
    "place", ["acme-reports/notes", "acme-reports/nothing", "acme-reports/readme.tx", "acme-reports/n/"]
)
def test_who_may_read_below_a_name_learns_of_no_object_that_is_called_so(place: str) -> None:
    """Rules for `*/q1/**` say nothing of the objects in the bucket itself: not that they are there, nor their names."""
    assert told(place, who="U0MID") == ""


def test_the_slash_that_is_missing_is_offered_and_the_object_without_it_is_not_told_of() -> None:
    """A rule for what lies under the prefix names the prefix."""
    said = "No rule covers the object acme-reports/2026 for you. Did you mean acme-reports/2026/?"

    assert told("acme-reports/2026", who="U0MID") == said


def test_nobody_is_offered_what_the_rules_keep_from_them() -> None:
    """A near name under a denial, or in a bucket of other people's rules."""
    assert "secret" not in told("acme-reports/secreb/")
    assert "acme-secrets" not in told("acme-arch-secrets/")


def test_a_guest_for_whom_no_rule_is_learns_nothing() -> None:
    """`anyone` does not mean guests."""
    shelf, guest = Shelf(), Principal(id=PrincipalId("U0GUEST"), name="Guest", guest=True)
    what = Entitlement(resource=parse_resource("acme-public/indx.html"), levels=parse_levels("read"))
    ask = Ask(requestor=guest.id, wish=Wish(entitlement=what, delivery=Delivery.SESSION, reason="x"))
    Inventory(shelf).must_have(ask, Parties(asker=guest, principal=guest), BOOK)

    assert shelf.asked == 0
    assert "index.html" in told("acme-public/indx.html", who="U0BOB")


def test_who_asks_for_somebody_else_learns_only_what_both_may_see() -> None:
    """A rule of the colleague's opens no bucket to who asks for them."""
    shelf, bob, ann = Shelf(), Principal(id=PrincipalId("U0BOB"), name="Bob"), Principal(id=ANN, name="Ann")
    what = Entitlement(resource=parse_resource("acme-reports/2026"), levels=parse_levels("read"))
    ask = Ask(requestor=bob.id, wish=Wish(entitlement=what, delivery=Delivery.SESSION, reason="x"), beneficiary=ann.id)
    Inventory(shelf).must_have(ask, Parties(asker=bob, principal=ann), BOOK)

    assert shelf.asked == 0
