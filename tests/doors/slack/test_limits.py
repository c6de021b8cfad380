"""
Slack's limits, pushed: whatever there is much of, what we send is taken, and says how much it leaves out.

Everything is held against Block Kit as the local Slack holds it: https://docs.slack.dev/reference/block-kit
"""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.doors.language import Spoken
from daypass.doors.slack.blocks import Note, button, modal, section
from daypass.doors.slack.break_glass import alarm_card, review_form
from daypass.doors.slack.cards import review_card, status_card
from daypass.doors.slack.digest_card import digest
from daypass.doors.slack.home import tab
from daypass.doors.slack.lists import List, page
from daypass.doors.slack.names import Naming
from daypass.doors.slack.request_form import form, place_option
from daypass.doors.slack.rules import listed
from daypass.doors.slack.rules_card import change_card
from daypass.doors.slack.rules_view import ChangeView, RulesView
from daypass.lifecycle.break_glass.dossier import Dossier, Line
from daypass.model.break_glass import GlassReview
from daypass.model.decision import Aftermath, Approvers, HandOver, RuleId, Skipped, Stage
from daypass.model.entitlement import Entitlement
from daypass.model.event import EntryKind, Event
from daypass.model.grant import Ending, Grant, GrantId, GrantState, Why, new_grant_id
from daypass.model.principal import PrincipalId
from daypass.model.request import LONGEST_REASON, Approval, Request, RequestState
from daypass.model.rule_change import RulesChange, RulesVersion
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from daypass.rules.load.read import parse
from daypass.rules.sampling.effects import ChangeEffect, Shift
from daypass.views.overview import Overview
from daypass.views.request import RequestView
from localslack.block_kit.check import (
    complaints_about_message,
    complaints_about_options,
    complaints_about_view,
)
from tests.makers import ANN, BOB, HOUR, NOON, RULES, grant, request

HOSTILE = ("<!channel> & `x` *" * LONGEST_REASON)[:LONGEST_REASON]
LONG_KEY = "&<'>" * 256
EVERYTHING = Entitlement(resource=parse_resource(f"{'b' * 63}/{LONG_KEY}"), levels=frozenset(Level))
WORD = re.compile(r"\b[a-z0-9]{12}\b")
CROWD = frozenset(PrincipalId(f"U{number:010}") for number in range(200))


def complaints(note: Note) -> list[str]:
    """What Slack would say of a message."""
    return [] if note.text.strip() and not complaints_about_message(list(note.blocks)) else [note.text, *_of(note)]


def _of(note: Note) -> list[str]:
    return complaints_about_message(list(note.blocks))


def filed(**changes: Any) -> Request:
    """A request as large as one can be."""
    made = {"id": new_grant_id(), "reason": HOSTILE, "entitlement": EVERYTHING, "longest": timedelta(days=366)}
    return request(**(made | changes))


def having(state: GrantState = GrantState.ACTIVE) -> RequestView:
    """A request with its grant, both as large as they can be."""
    asked = filed(state=RequestState.APPROVED, approval=Approval(by=BOB, at=NOON, rule=RuleId("r" * 64), length=HOUR))
    held: Grant = replace(grant(state), id=asked.id, entitlement=EVERYTHING)
    return RequestView(request=asked, grant=held)


def failed() -> RequestView:
    """A grant that ended with a long story."""
    picture = having()
    assert picture.grant is not None
    ending = Ending(why=Why.FAILED, by=BOB, at=NOON, note=HOSTILE * 3)
    return replace(picture, grant=picture.grant.ending_now(ending).ended(NOON))


def to_review() -> GlassReview:
    """Broken glass that waits for somebody."""
    reviewers = Approvers(people=CROWD)
    return GlassReview(id=filed().id, principal=ANN, reviewers=reviewers, at=NOON, due=NOON + HOUR)


def proposed() -> RulesChange:
    """A change of the rules that waits, with a note that is long and hostile."""
    return RulesChange(id=filed().id, author=ANN, base=1, text="", note=HOSTILE * 3, filed_at=NOON)


MUCH = Overview(
    now=NOON,
    grants=tuple(having() for _ in range(100)),
    requests=tuple(filed() for _ in range(100)),
    waiting=tuple(filed() for _ in range(400)),
    reviews=tuple(to_review() for _ in range(50)),
    changes=tuple(proposed() for _ in range(40)),
    history=tuple(failed() for _ in range(100)),
    others=tuple(having() for _ in range(333)),
    urgent=True,
)
NOTHING = Overview(now=NOON, grants=(), requests=(), waiting=())


@pytest.mark.parametrize("seen", [MUCH, NOTHING], ids=["much", "nothing"])
def test_the_home_tab_is_taken_however_much_there_is(seen: Overview):
    """100 grants of one's own, 333 of others, 400 requests that wait; and none of anything."""
    assert complaints_about_view(tab(seen), allowed=("home",)) == []


@pytest.mark.parametrize("most", [60, 80, 97])
def test_a_home_tab_that_has_too_much_shows_less_of_each_list(most: int):
    """However many blocks an entry comes to take, the tab is one that Slack accepts, and says how many there are."""
    view = tab(MUCH, most=most)

    assert most - 14 <= len(view["blocks"]) <= most
    assert "of 400." in str(view["blocks"])


def test_a_list_that_is_cut_says_so_and_how_to_see_all_of_it():
    """How many there are, and the button to the whole of it; nothing points to a command that lists less."""
    shown = str(tab(MUCH)["blocks"])

    for total in (40, 50, 100, 333, 400):
        assert f"of {total}." in shown
    assert {f"'{which}:0'" in shown for which in List} == {True}


@pytest.mark.parametrize("which", list(List))
def test_every_page_of_every_list_is_taken_and_nothing_is_left_out(which: List):
    """Turned from the first page to the last, each entry is on exactly one."""
    lists: dict[List, tuple[Any, ...]] = {
        List.WAITING: MUCH.waiting,
        List.REVIEWS: MUCH.reviews,
        List.CHANGES: MUCH.changes,
        List.GRANTS: MUCH.grants,
        List.REQUESTS: MUCH.requests,
        List.HISTORY: MUCH.history,
        List.OTHERS: MUCH.others,
    }
    everything = lists[which]
    ids = {one.request.id if isinstance(one, RequestView) else one.id for one in everything}
    pages = [page(MUCH, which, number) for number in range(-(-len(everything) // 20))]

    assert [complaint for one in pages for complaint in complaints_about_view(one)] == []
    assert sorted(one for view in pages for one in ids & set(WORD.findall(str(view["blocks"])))) == sorted(ids)


def test_a_page_that_is_gone_by_now_is_the_last_one():
    """Whoever turns to page 17 of what has become two pages sees the second."""
    seen = replace(MUCH, others=MUCH.others[:30])

    assert "21 to 30 of 30" in str(page(seen, List.OTHERS, 16)["blocks"])
    assert complaints_about_view(page(NOTHING, List.OTHERS, 16)) == []


def staged() -> Request:
    """Ten stages, each with a crowd, hand-overs and many who are not asked."""
    later = tuple(HandOver(after=HOUR * step, approvers=Approvers(people=CROWD)) for step in range(1, 9))
    skipped = tuple(Skipped(principal=one, why=f"is away {HOSTILE}") for one in list(CROWD)[:50])
    stages = tuple(
        Stage(name=f"s{number}", approvers=Approvers(people=CROWD), needed=3, later=later, skipped=skipped)
        for number in range(10)
    )
    given = tuple(
        Approval(by=one, at=NOON, rule=RuleId("reports"), length=HOUR, stage="s0") for one in list(CROWD)[:30]
    )
    return filed(stages=stages, waits_in="s0", approvals=given, approvers=Approvers(people=CROWD))


@pytest.mark.parametrize(
    "picture",
    [
        RequestView(request=filed(), grant=None),
        RequestView(request=staged(), grant=None),
        having(GrantState.APPROVED),
        having(),
        having(GrantState.ENDING),
        failed(),
    ],
    ids=["waits", "stages", "approved", "live", "ending", "failed"],
)
def test_the_two_messages_of_a_request_are_taken(picture: RequestView):
    """The longest key, the longest reason, two hundred approvers, ten stages with eight hand-overs each."""
    shown = review_card(picture, "In AWS: " + "`s3:GetObject`, " * 400, "x" * 300, Naming())
    mine = status_card(picture, promise="p" * 4000, public_url="https://daypass.example")

    assert complaints(shown) == []
    assert complaints(mine) == []


def test_a_digest_of_a_hundred_is_taken_and_counts_the_rest():
    """Forty with a button each, and how many more there are."""
    made = digest([RequestView(request=filed(), grant=None) for _ in range(100)])

    assert complaints(made) == []
    assert "60 more" in str(made.blocks)


def test_three_hundred_rules_are_taken_and_say_how_many_more_there_are():
    """With long words about each, for an owner, whose rows have buttons."""
    rule = RULES.split("rules:")[1].split("  - id: drafts")[0]
    text = "version: 1\nrules:" + "".join(
        rule.replace("reports\n", f"r{number}\n    about: {'long ' * 100}\n", 1) for number in range(300)
    )
    book = parse(text, name="rules.yaml")
    version = RulesVersion(number=7, text=text, author=BOB, at=NOON, digest="d")
    seen = RulesView(book=book, version=version, changes=(), why_not="", naming=Naming())

    blocks = list(listed(seen, list(book.rules)))
    assert complaints_about_message(blocks) == []
    assert "280 more" in str(blocks)


def test_a_change_that_touches_everybody_is_taken():
    """Five hundred people gain and lose, in long sentences."""
    long = f"{HOSTILE} U0ANN {HOSTILE}"
    shifts = tuple(Shift(person=one, gains=(long,), loses=(long,)) for one in CROWD)
    change = RulesChange(id=GrantId("abcdefgh2345"), author=ANN, base=1, text="", note=HOSTILE, filed_at=NOON)
    effect = ChangeEffect(people=shifts, pending=(), rules=())
    facts = ChangeView(change=change, in_force=1, sentences=(long,) * 300, effect=effect, naming=Naming())

    assert complaints(change_card(facts)) == []


def test_broken_glass_with_a_thousand_lines_is_taken():
    """The alarm, and the form in which it is reviewed."""
    reviewers = Approvers(people=CROWD)
    review = GlassReview(id=GrantId("abcdefgh2345"), principal=ANN, reviewers=reviewers, at=NOON, due=NOON + HOUR)
    urgent = having()
    urgent = replace(urgent, request=replace(urgent.request, aftermath=Aftermath(reviewers=reviewers, within=HOUR)))
    used = Event(
        kind=EntryKind.LINK_USED, at=NOON, actor=ANN, details={"key": HOSTILE, "agent": HOSTILE, "address": HOSTILE}
    )
    line = Line(grant=review.id, event=used)
    assert urgent.grant is not None
    read = Dossier(
        review=review,
        request=urgent.request,
        grant=urgent.grant,
        lines=(line,) * 1000,
        handed_out=9,
        clicks=9,
        note=HOSTILE,
    )

    assert complaints(alarm_card(urgent, review)) == []
    assert complaints_about_view(review_form(read, HOSTILE, HOSTILE)) == []


@given(st.text(max_size=1200), st.text(max_size=1200), st.text(max_size=1200))
def test_a_form_takes_whatever_was_typed(place: str, reason: str, problem: str):
    """Words that no parser understands stand in the form as they were typed, as far as Slack holds them."""
    spoken = Spoken(level="read", resource=place, reason=reason, for_=place[:80] or None, to="U0ANN")

    assert complaints_about_view(form(spoken, problem=problem)) == []


@given(st.lists(st.text(min_size=1, max_size=150), max_size=100))
def test_a_typeahead_takes_every_place(places: list[str]):
    """A key of 150 characters is offered with its end, which tells it from the others."""
    assert complaints_about_options({"options": [place_option(one) for one in places if one.strip()]}) == []


@given(st.text(max_size=4000), st.text(max_size=500))
def test_a_paragraph_and_a_button_take_any_text(text: str, spoken: str):
    """What is too long is cut, what is empty is left out or stands as something that Slack takes."""
    view = modal("Daypass", [section(text, accessory=button("End it", "x", spoken=spoken))], close="Close")

    assert complaints_about_view(view) == []
