"""Whom a word means: ids and mentions, never names."""

import pytest

from daypass.doors.language import parse, parse_person, split
from daypass.doors.language.commands import Again, Allow, ComeBack, GoAway, RequestAccess, Withdraw
from daypass.model.errors import BadInput
from tests.makers import NOON


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("U0ANN", "U0ANN"),
        ("<@U0ANN>", "U0ANN"),
        ("<@W0ANN|ann>", "W0ANN"),
        ("bot:deploy", "bot:deploy"),
        (" U0ANN ", "U0ANN"),
    ],
)
def test_an_id_a_mention_or_a_robot_is_somebody(text: str, id_: str) -> None:
    """Exactly one."""
    assert parse_person(text) == id_


@pytest.mark.parametrize(
    "text", ["", "@ann", "ann", "ann@acme.test", "<@U0ANN", "<@U0ANN|a> <@U0BOB|b>", "bot:", "bot:A b"]
)
def test_a_name_is_nobody(text: str) -> None:
    """Whoever may choose their own name could be taken for somebody else."""
    with pytest.raises(BadInput) as refused:
        parse_person(text)
    assert refused.value.field == "person"


def said(text: str) -> object:
    """What a command in Slack means."""
    return parse(split(text), now=NOON, tz="UTC")


def test_grant_asks_for_somebody_else() -> None:
    """And needs to know for whom."""
    found = said("grant s3 read acme-reports/ --to bot:deploy --for 2h")
    assert isinstance(found, RequestAccess)
    assert found.draft.ask(requestor=parse_person("U0ANN")).beneficiary == "bot:deploy"
    with pytest.raises(BadInput, match="for whom"):
        said("grant s3 read acme-reports/ --for 2h")


def test_allow_says_for_whom_how_long_and_within_which_time() -> None:
    """All three are needed."""
    found = said("allow s3 read acme-reports/ --to U0ANN --for 2h --window 7d")
    assert isinstance(found, Allow)
    assert ((found.ends - found.starts).days, found.length.seconds, found.to) == (7, 7200, "U0ANN")
    for lacking in ("--to U0ANN --for 2h", "--to U0ANN --window 7d", "--for 2h --window 7d"):
        with pytest.raises(BadInput):
            said(f"allow s3 read acme-reports/ {lacking}")
    with pytest.raises(BadInput):
        said("allow s3 read --to U0ANN --for 2h --window 7d")


def test_an_urgent_ask_does_not_recur() -> None:
    """Break glass is for now."""
    with pytest.raises(BadInput, match="does not recur"):
        said("request s3 read acme-reports/ --urgent --every 'weekdays 09:00-10:00' --for 2w")


def test_small_commands_are_read() -> None:
    """With and without what may be left out."""
    assert said("again") == Again(id=None, term=None, reason="")
    assert said("back") == ComeBack()
    assert isinstance(
        said("away --until 2026-12-07 09:00 --to U0BOB".replace("2026-12-07 09:00", "'2026-12-07 09:00'")), GoAway
    )
    assert said("withdraw k3m9xw2p7qrs") == Withdraw(id="k3m9xw2p7qrs")  # type: ignore[arg-type]  # an id as typed
