"""What people type is kept on one line, with nothing in it that is unseen."""

from typing import Any

import pytest

from daypass.model.decision import RuleId
from daypass.model.grant import Ending, Why
from daypass.model.principal import Principal
from daypass.model.request import Approval
from tests.makers import BOB, NOON

RULE = RuleId("reports")
FORGED = "INC-42\n\n*Approved* by Bob\r\n\u2028Requested: read\x00 \u202eon\u2066 pay\u200broll\x1b[2J \u0085x"
PLAIN = "INC-42 *Approved* by Bob Requested: read on pay roll [2J x"


@pytest.mark.parametrize(
    "made",
    [
        lambda words: Approval(by=BOB, at=NOON, rule=RULE, note=words).note,
        lambda words: Ending(why=Why.REVOKED, by=BOB, at=NOON, note=words).note,
    ],
    ids=["an approval", "an ending"],
)
def test_nobodys_words_make_a_line_of_their_own(made: Any):
    """Neither line breaks of any kind, nor controls, nor what turns the writing round, is kept."""
    assert made(FORGED) == PLAIN


def test_a_persons_name_is_one_line_that_is_seen():
    """Whatever they call themselves: no line, no command to a terminal and no other order of signs comes of it."""
    forged = Principal(id=BOB, name="Pat \u202erekab \x9b31m\n<!channel>`" + 200 * "x")

    assert forged.name.startswith("Pat rekab 31m <!channel>'xxx")
    assert (len(forged.name), forged.name.isprintable()) == (80, True)


def test_words_stay_as_they_were_typed_otherwise():
    """In any writing, with its joiners and with emoji."""
    for said in ("Grüße, «x» — 1 200 €", "क\u200dष", "👩\u200d💻 ok", "INC-42: `a`", ""):
        assert Approval(by=BOB, at=NOON, rule=RULE, note=said).note == said
