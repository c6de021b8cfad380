"""What every door says of using access; that AWS behaves so is in tests/deliveries/test_surprises.py."""

from dataclasses import replace

import pytest

from daypass.doors.cli import output
from daypass.doors.slack.texts.usage import how_to_use
from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery
from daypass.resources.registry import kind_of
from daypass.resources.s3 import KEEP_THE_SLASH, MISSING_IS_403, TAGS_ARE_COPIED, in_bucket
from daypass.resources.s3_statements import Level, Option
from tests.makers import grant

READ_WRITE = frozenset({Level.READ, Level.WRITE})


def of(key: str, *levels: Level, tags: bool = False) -> Entitlement:
    """Access to a place in one bucket."""
    extras = frozenset({Option.TAGS} if tags else ())
    return Entitlement(resource=in_bucket("acme-reports", key), levels=frozenset(levels), options=extras)


@pytest.mark.parametrize(
    ("entitlement", "said"),
    [
        (of("2026/", Level.LIST), (KEEP_THE_SLASH,)),
        (of("2026/", Level.READ), (KEEP_THE_SLASH, MISSING_IS_403)),
        (of("2026/q1.csv", Level.READ), (MISSING_IS_403,)),
        (of("", Level.READ), ()),
        (of("2026/", Level.WRITE), ()),
        (of("2026/", *READ_WRITE), (KEEP_THE_SLASH, MISSING_IS_403, TAGS_ARE_COPIED)),
        (of("", *READ_WRITE), (TAGS_ARE_COPIED,)),
        (of("", *READ_WRITE, tags=True), ()),
    ],
)
def test_what_looks_like_a_fault_and_is_none_is_said_where_it_can_happen(
    entitlement: Entitlement, said: tuple[str, ...]
):
    """And nowhere else: a caveat that does not apply teaches people to skip them."""
    assert kind_of(entitlement.resource).caveats(entitlement) == said


@pytest.mark.parametrize("delivery", [Delivery.SESSION, Delivery.POLICY, Delivery.LINK])
def test_every_door_says_it_when_access_is_handed_out(delivery: Delivery):
    """In Slack and on the command line alike, with a command that is safe to paste; a link is no AWS command."""
    given = replace(grant(), entitlement=of("$(reboot)/", *READ_WRITE), delivery=delivery)
    shown = {
        "id": given.id,
        "resource": "acme-reports/$(reboot)/",
        "levels": ["read", "write"],
        "extras": [],
        "delivery": delivery,
    }
    texts = [output.how(shown), how_to_use(given, "https://daypass.example")]
    expected = delivery is not Delivery.LINK

    assert [TAGS_ARE_COPIED in text and KEEP_THE_SLASH in text for text in texts] == [expected] * 2
    assert [" s3://acme-reports/$(" in text for text in texts] == [False] * 2
