"""A note to the approvers: what it is said with comes out wherever a request is shown."""

import pytest

from daypass.doors.language import parse_request, split
from daypass.doors.slack.cards import review_card
from daypass.doors.wire.access import RequestOut
from daypass.model.errors import BadInput
from daypass.views.request import RequestView
from tests.makers import ANN, NOON, changed, request

NOTE = "https://wiki.example/runbook, call 4711"


def test_a_note_reaches_the_approvers_card_and_the_api():
    """Ann types it beside the reason; it is in the wish, on Bob's card and in what programs read."""
    line = f's3 read acme-reports/2026/ --reason "INC-42" --note "{NOTE}"'
    ask = parse_request(split(line), now=NOON, tz="UTC").ask(ANN)
    filed = changed(request(), note=ask.wish.note)

    assert (ask.wish.reason, ask.wish.note) == ("INC-42", NOTE)
    assert "runbook" in str(review_card(RequestView(request=filed, grant=None), "").blocks)
    assert RequestOut.of(filed).note == NOTE


def test_a_note_that_is_too_long_is_refused_by_its_name():
    """300 characters pass, one more does not."""
    with pytest.raises(BadInput, match="The note has 301 characters; 300 is the most") as refused:
        parse_request(split(f"s3 read acme-reports/ --note {'x' * 301}"), now=NOON, tz="UTC")
    assert refused.value.field == "note"
