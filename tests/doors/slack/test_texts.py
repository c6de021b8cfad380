"""The sentences people read, written out a second time."""

import re
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from daypass.doors.slack.blocks import code, cut, escape, mark, preformatted, sentence
from daypass.doors.slack.cards import review_card, status_card
from daypass.doors.slack.texts import outcomes, story, times
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.texts.actions import actions_in_aws
from daypass.doors.slack.texts.usage import how_to_use
from daypass.doors.slack.unescape import unescape
from daypass.model.decision import RuleId
from daypass.model.entitlement import Entitlement
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.grant import Delivery, Ending, Grant, GrantState, Why
from daypass.model.lease import Term
from daypass.model.request import Approval, Recurrence, RequestState
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level, Option
from daypass.views.request import RequestView
from localslack.workspace import texts_in
from tests.makers import BOB, HOUR, NOON, READ_REPORTS, changed, grant, request

AT_NOON = "<!date^1795435200^{date_short_pretty} {time_secs}|2026-11-23 12:00:00 UTC>"
AT_ONE = "<!date^1795438800^{date_short_pretty} {time_secs}|2026-11-23 13:00:00 UTC>"


def having(place: str, *levels: Level, extras: frozenset[Option] = frozenset()) -> Entitlement:
    """Make an entitlement."""
    return Entitlement(resource=parse_resource(place), levels=frozenset(levels), options=extras)


@pytest.mark.parametrize(
    ("entitlement", "words"),
    [
        (READ_REPORTS, "*read* everything under `acme-reports/2026/`"),
        (having("acme-reports", Level.LIST, Level.WRITE), "*list and write* everything in the bucket `acme-reports`"),
        (
            having("acme-reports/q1.csv", Level.READ, Level.DELETE, Level.WRITE),
            "*read, write and delete* the object `acme-reports/q1.csv`",
        ),
        (
            having("acme-reports/x/", Level.READ, extras=frozenset(Option)),
            "*read* everything under `acme-reports/x/`, with tags and versions",
        ),
    ],
)
def test_what_is_asked_for_is_said_in_words(entitlement: Entitlement, words: str):
    """Level and reach, as one would say them."""
    assert texts.what(entitlement) == words


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (Term(length=timedelta(minutes=90)), "for 1 hour 30 minutes"),
        (Term(until=NOON + HOUR), f"until {AT_ONE}"),
        (Term(length=HOUR, starts=NOON), f"for 1 hour, not before {AT_NOON}"),
    ],
)
def test_a_term_is_said_in_the_readers_own_time(term: Term, words: str):
    """Lengths exactly, moments as Slack dates with UTC to fall back on."""
    assert times.for_how_long(term) == words


BY_BOB = Approval(by=BOB, at=NOON, rule=RuleId("reports"), length=HOUR)
APPROVED = replace(request(), state=RequestState.APPROVED, approval=BY_BOB)


def ended(why: Why) -> Grant:
    """A grant that ended for a reason."""
    return grant(GrantState.ACTIVE).ending_now(Ending(why=why, by=BOB, at=NOON)).ended(NOON + HOUR)


@pytest.mark.parametrize(
    ("asked", "given", "words"),
    [
        (request(), None, "*Waits* for <@U0BOB>."),
        (
            replace(request(), state=RequestState.DENIED, approval=BY_BOB),
            None,
            f"*Denied* by <@U0BOB>, {AT_NOON}.",
        ),
        (replace(request(), state=RequestState.CANCELLED), None, "*Cancelled* by <@U0ANN>."),
        (replace(request(), state=RequestState.LAPSED), None, "*Lapsed*: nobody decided in time."),
        (
            APPROVED,
            grant(),
            f"*Approved* by <@U0BOB> for 1 hour, {AT_NOON}. It is live in a few seconds; its time begins only then.",
        ),
        (APPROVED, grant(GrantState.ACTIVE), f"*Live* until {AT_ONE}. AWS ends it by itself at that second."),
        (
            APPROVED,
            grant(GrantState.ENDING),
            "*Over*: <@U0ANN> said they were done. Nothing more is handed out; the clean-up in AWS is under way.",
        ),
        (APPROVED, ended(Why.EXPIRED), f"*Ended* {AT_ONE}: its time is over."),
        (APPROVED, ended(Why.REVOKED), f"*Ended* {AT_ONE}: revoked by <@U0BOB>."),
        (APPROVED, ended(Why.FAILED), f"*Ended* {AT_ONE}: it could not be put into AWS."),
        (
            APPROVED,
            ended(Why.VANISHED),
            f"*Ended* {AT_ONE}: somebody removed it in AWS by hand, so it was closed and is not put back.",
        ),
    ],
)
def test_where_it_stands_is_said_for_every_state(asked, given, words: str):
    """One sentence each, and it says who and when."""
    assert outcomes.standing(asked, given) == words


def test_the_approvers_message_says_who_what_how_long_why_by_which_rule_and_who_decides():
    """Everything somebody needs to decide, in reading order."""
    card = review_card(RequestView(request=request(), grant=None), actions_in_aws(["s3:GetObject"]), "")

    assert list(texts_in(list(card.blocks))) == [
        "<@U0ANN> asks to *read* everything under `acme-reports/2026/`.",
        "*For how long*\n1 hour",
        "*How*\nA policy on the AWS identity of <@U0ANN>",
        "*Rule*\n`reports`, at most 8 hours",
        "*May decide*\n<@U0BOB>",
        "*Why*",
        "INC-42",
        "In AWS: `s3:GetObject`",
        "As asked: 1 hour",
        "Approve",
        "Deny",
        "Id `abcdefgh2345` · rule `reports`",
    ]


def test_a_story_names_people_and_groups_and_leaves_what_people_wrote_alone():
    """No id where Slack shows a name; whoever reads it is alone with it, so nobody is rung up."""
    told: dict[str, Detail] = {"people": ("U0BOB",), "slack_groups": ("S0LEADS",), "stage": "team"}
    asked = Event(kind=EntryKind.REQUEST_HANDED_OVER, at=NOON, actor=BOB, subject=request().id, details=told)
    denied = Event(kind=EntryKind.REQUEST_DENIED, at=NOON, actor=BOB, details={"reason": "ask U0EVE of S0LEADS"})

    assert "asked <@U0BOB>, <!subteam^S0LEADS> in the stage team" in story.line(asked)
    assert story.line(denied).endswith("<@U0BOB> denied it: `ask U0EVE of S0LEADS`")


def test_a_decided_request_has_no_buttons():
    """What cannot be done is not offered."""
    card = review_card(RequestView(request=APPROVED, grant=grant()), "")

    assert not any(block["type"] == "actions" for block in card.blocks)


def test_a_denial_is_shown_with_its_words_as_they_were_written():
    """The approver's reason is plain text of its own."""
    denied = replace(request(), state=RequestState.DENIED, approval=replace(BY_BOB, note="<!here> no"))
    card = status_card(RequestView(request=denied, grant=None), promise="", public_url="")

    assert {"type": "plain_text", "text": "<!here> no", "emoji": False} in [block.get("text") for block in card.blocks]


@pytest.mark.parametrize(
    ("entitlement", "line"),
    [
        (READ_REPORTS, "aws s3 ls s3://acme-reports/2026/"),
        (having("acme-reports", Level.LIST), "aws s3 ls s3://acme-reports/"),
        (having("acme-reports/a b.csv", Level.READ), "aws s3 cp 's3://acme-reports/a b.csv' ."),
        (having("acme-reports/in/", Level.WRITE), "aws s3 cp FILE s3://acme-reports/in/"),
        (having("acme-reports/old.csv", Level.DELETE), "aws s3 rm s3://acme-reports/old.csv"),
        (having("acme-reports/$(reboot)/", Level.LIST), "aws s3 ls 's3://acme-reports/$(reboot)/'"),
    ],
)
def test_the_line_to_paste_is_allowed_by_the_grant_and_safe_in_a_shell(entitlement: Entitlement, line: str):
    """A key is somebody's text, and the line is pasted into a shell."""
    shown = how_to_use(replace(grant(), entitlement=entitlement, delivery=Delivery.SESSION), "https://d.example")

    assert f"```daypass exec abcdefgh2345 -- {line}```" in shown


@pytest.mark.parametrize("hostile", ["<!channel>", "<@U0BOB>", "a & b", "<https://evil.example|Approve>"])
def test_what_people_write_cannot_be_read_as_slacks_signs(hostile: str):
    """No mention, no link, no entity comes out of somebody's text."""
    assert "<" not in escape(hostile)
    assert "<" not in code(hostile)
    assert unescape(escape(hostile)) == hostile


def test_code_cannot_be_left():
    """A back-tick in a key does not end the code it stands in."""
    assert code("a`b`*c*").count("`") == 2
    assert preformatted("```")[0]["text"]["text"].count("```") == 2


def test_a_sentence_may_name_a_person_and_nothing_else():
    """A refusal says who decided; it calls no channel."""
    assert sentence(f"by {mark('U0BOB')} <!channel>") == "by <@U0BOB> &lt;!channel&gt;"


def test_a_document_is_shown_whole():
    """A policy of ten thousand characters takes several blocks, and none of it is lost."""
    policy = "".join(chr(97 + number % 26) for number in range(10_000))

    assert "".join(block["text"]["text"].strip("`") for block in preformatted(policy)) == policy


def test_what_is_cut_is_cut_visibly():
    """A shortened text ends in an ellipsis and fits."""
    assert cut("x" * 5000, 3000) == "x" * 2999 + "…"


def test_many_deciders_are_counted():
    """Two hundred approvers are not a wall of names."""
    named = texts.deciders([f"U{number:04}" for number in range(200)], [])

    assert named.endswith("and 185 more")
    assert len(named) < 200


def test_a_lease_of_an_extension_is_said_as_more_time():
    """The approvers see that somebody has it already."""
    assert texts.asked(changed(request(), extends=request().id)).startswith("<@U0ANN> asks for more time to *read*")


def test_a_recurrence_says_its_days_hours_zone_and_end() -> None:
    """On the card and in the list, in the place of a length."""
    recurs = Recurrence(
        days=frozenset(range(1, 6)),
        opens=time(9),
        closes=time(10),
        tz="Europe/Berlin",
        first=date(2026, 11, 24),
        last=date(2026, 12, 7),
    )
    said = texts.asked_for(request(recurs=recurs))

    assert said.endswith("every weekday 09:00-10:00 (Europe/Berlin) until 7 December 2026")
    assert "Tuesday, Thursday" in times.every(replace(recurs, days=frozenset({4, 2})))


@pytest.mark.parametrize("delivery", Delivery)
def test_no_key_gets_out_of_the_lines_to_copy(delivery: Delivery):
    """Somebody else may have chosen the place: no words of theirs stand beside ours."""
    place = parse_resource("acme-reports/```evil.example```/")
    entitlement = Entitlement(resource=place, levels=frozenset({Level.READ}))
    shown = how_to_use(replace(grant(), entitlement=entitlement, delivery=delivery), "https://d.example")

    outside = "".join(shown.split("```")[::2])
    assert shown.count("```") % 2 == 0
    assert "evil" not in re.sub("`[^`]*`", "", outside)


def test_a_refusal_names_people_as_slack_does_and_leaves_code_and_capitals_alone():
    """Whoever reads it sees a name; what is to be typed stays as it is."""
    told = f"U0ANN is frozen (`daypass lift --of U0ANN`). {mark('U0BOB')} knows WHY, USERS do not. <!channel>"

    assert sentence(told) == (
        "<@U0ANN> is frozen (`daypass lift --of U0ANN`). <@U0BOB> knows WHY, USERS do not. &lt;!channel&gt;"
    )
