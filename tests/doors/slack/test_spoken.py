"""For who does not see the screen, and for who sees one line of it on a locked telephone: everything is in words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from daypass.doors.commands import SLACK_VERBS
from daypass.doors.slack.blocks import Block, Note
from daypass.doors.slack.cards import review_card, status_card
from daypass.doors.slack.digest_card import digest
from daypass.doors.slack.help import helped
from daypass.doors.slack.home import tab
from daypass.doors.slack.lists import List, page
from daypass.doors.slack.texts import outcomes
from daypass.doors.slack.texts.times import left
from daypass.model.decision import Aftermath, Approvers, RuleId
from daypass.model.entitlement import Entitlement
from daypass.model.grant import GrantState, new_grant_id
from daypass.model.request import Approval, Request, RequestState
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from daypass.views.overview import Overview
from daypass.views.request import RequestView
from tests.makers import BOB, HOUR, NOON, grant, request

APPROVAL = Approval(by=BOB, at=NOON, rule=RuleId("reports"), length=HOUR)


def for_place(number: int, **changes: Any) -> Request:
    """One of several requests, each for another place."""
    place = Entitlement(resource=parse_resource(f"acme-reports/20{number}/"), levels=frozenset({Level.READ}))
    return request(id=new_grant_id(), entitlement=place, **changes)


def live(number: int) -> RequestView:
    """One of several grants."""
    asked = for_place(number, state=RequestState.APPROVED, approval=APPROVAL)
    return RequestView(
        request=asked, grant=replace(grant(GrantState.ACTIVE), id=asked.id, entitlement=asked.entitlement)
    )


SEEN = Overview(
    now=NOON + timedelta(minutes=12, seconds=30),
    grants=(live(20), live(21)),
    requests=(for_place(22), for_place(23)),
    waiting=(for_place(24), for_place(25)),
    history=(replace(live(26), grant=grant(GrantState.ENDED)),),
    others=(live(27), live(28)),
)


def buttons(blocks: list[Block]) -> Iterator[Block]:
    """Every button, wherever it stands."""
    for block in blocks:
        inside = [block.get("accessory"), *block.get("elements", ())]
        yield from (one for one in inside if one and one["type"] == "button")


@pytest.mark.parametrize(
    "blocks",
    [
        tab(SEEN)["blocks"],
        *[page(SEEN, which)["blocks"] for which in List],
        list(digest([RequestView(request=one, grant=None) for one in (*SEEN.waiting, *SEEN.requests)]).blocks),
    ],
)
def test_no_two_buttons_sound_alike(blocks: list[Block]):
    """Two buttons “Approve” on one page say of what: a screen reader reads them out of their place."""
    spoken = [one.get("accessibility_label") or one["text"]["text"] for one in buttons(blocks)]

    assert len(spoken) == len(set(spoken))


def test_a_button_says_what_it_is_about_without_signs():
    """Neither ids nor the signs of Slack's dress are read out."""
    labels = [one["accessibility_label"] for one in buttons(page(SEEN, List.OTHERS)["blocks"])]

    assert labels == ["End it: read acme-reports/2027/", "End it: read acme-reports/2028/"]


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (
            review_card(RequestView(request=request(), grant=None), ""),
            ("<@U0ANN> asks to *read*", "acme-reports/2026/", "1 hour", "Why: INC-42"),
        ),
        (review_card(replace(live(20), grant=None), ""), ("<@U0ANN> asks", "*Approved* by <@U0BOB>")),
        (
            status_card(live(20), promise="p", public_url=""),
            ("You asked to *read*", "acme-reports/2020/", "*Live* until"),
        ),
        (
            status_card(RequestView(request=request(), grant=None), promise="p", public_url=""),
            ("You asked", "*Waits* for"),
        ),
        (digest([RequestView(request=one, grant=None) for one in SEEN.waiting]), ("2 more requests wait",)),
        (helped(None), ("commands of Daypass",)),
        (helped("extend"), ("Ask to keep access for longer",)),
    ],
)
def test_the_line_in_a_notification_says_the_essential(note: Note, words: tuple[str, ...]):
    """Slack shows and reads out the text of a message in place of its blocks: who, what, and where it stands."""
    for word in words:
        assert word in note.text


@pytest.mark.parametrize("verb", [one for one in SLACK_VERBS if one not in {"offers", "ls", "review", "back", "help"}])
def test_help_in_slack_has_an_example_that_can_be_typed_there(verb: str):
    """Of every command that takes words; and each line of its options says what the option is."""
    blocks = helped(verb).blocks

    assert f"Example: `/daypass {verb} " in str(blocks[-1])
    assert "`s3 LEVEL WHERE` \\n" not in str(blocks)


def test_urgency_is_a_word_and_not_a_colour():
    """In the line of the notification as well as in the message."""
    glass = Aftermath(reviewers=Approvers(people=frozenset({BOB})), within=HOUR)
    card = review_card(RequestView(request=request(aftermath=glass), grant=None), "")

    assert card.text.startswith("URGENT")
    assert "URGENT" in str(card.blocks[0])


def test_a_reason_in_a_notification_cannot_call_anybody():
    """What somebody wrote is harmless there too, and short."""
    card = review_card(RequestView(request=request(reason="<!channel> " * 80), grant=None), "")

    assert "<!channel>" not in card.text
    assert len(card.text) < 1500


def test_the_time_that_is_left_is_said_in_words():
    """47 and a half minutes are 47: nobody is promised a minute that is not there."""
    assert "*Live* until" in (shown := str(tab(SEEN)["blocks"]))
    assert "47 minutes left" in shown
    assert left(timedelta(hours=2, minutes=5, seconds=59)) == "2 hours 5 minutes left"
    assert left(timedelta(seconds=59)) == left(timedelta(seconds=-3)) == "less than a minute left"


def test_a_list_of_ones_own_says_in_one_line_how_much_there_is():
    """`/daypass ls` for the ear."""
    assert outcomes.one_line(SEEN.requests[0], None, NOON).endswith("*Waits* for <@U0BOB>.")
