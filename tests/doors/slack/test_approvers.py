"""Where those who may decide are asked, whom that rings up, and what they read of an approval in stages."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from daypass.doors.slack.names import for_channel
from daypass.doors.slack.texts import outcomes, requests
from daypass.doors.slack.texts.stages import particulars, reasons
from daypass.model.decision import Aftermath, Approvers, HandOver, RuleId, Skipped, Stage
from daypass.model.event import EntryKind
from daypass.model.principal import GroupName, PrincipalId, SlackGroupId
from daypass.model.request import Approval, RequestState
from localslack import BlockingSlack, Channel
from localslack import Kind as ChannelKind
from localslack.workspace import Person
from tests.doors.slack.closed import MINUTE, filed, happened, notifier, tell
from tests.doors.slack.conftest import Office, office
from tests.makers import ANN, BOB, EVE, HOUR, principal

CAROL = PrincipalId("U0CAROL")
LEADS = SlackGroupId("S0LEADS")
TEAM = Stage(name="team", needed=2, approvers=Approvers(people=frozenset({BOB, EVE})))
BOSSES = Stage(name="bosses", approvers=Approvers(people=frozenset({CAROL}), slack_groups=frozenset({LEADS})))


@pytest.fixture
def two_channels(slack: BlockingSlack, tmp_path: Path) -> Office:
    """Daypass with a channel of its own, and one more channel that a rule may name."""
    everybody = {"U0ANN", "U0BOB", "U0CAROL", "U0EVE", "U0DAYPASS"}
    slack.inner.world.workspace.open(Channel(id="C0PAY", name="payments", kind=ChannelKind.PUBLIC, members=everybody))
    return office(slack, tmp_path, approvals_channel="C0ACCESS")


def cards(closed: Office) -> list[tuple[str, str]]:
    """Where approvers were asked, in order, and with which blocks."""
    return [(post["channel"], str(post["blocks"])) for post in closed.posts() if "asks" in post["text"]]


def replies(closed: Office) -> list[str]:
    """What was said in threads."""
    return [post["text"] for post in closed.posts() if post.get("thread_ts")]


def test_a_rules_own_channel_comes_before_the_houses(two_channels: Office):
    """The rule says where it is decided; nobody is asked twice."""
    filed(two_channels, channel="C0PAY")
    tell(two_channels)

    assert [place for place, _ in cards(two_channels)] == ["C0PAY"]


@pytest.mark.parametrize("trouble", ["archived", "not a member", "gone"])
def test_a_channel_that_cannot_be_written_in_is_passed_over_and_the_requestor_hears_it_once(
    two_channels: Office, slack: BlockingSlack, trouble: str
):
    """The next place is asked, the operator's log says why, and Ann is told where."""
    channels = slack.inner.world.workspace.channels
    match trouble:
        case "archived":
            channels["C0PAY"].archived = True
        case "not a member":
            channels["C0PAY"].members.discard("U0DAYPASS")
        case _:
            del channels["C0PAY"]
    request = filed(two_channels, channel="C0PAY", stages=(TEAM,), waits_in="team")
    with capture_logs() as lines:
        tell(two_channels)
        happened(two_channels, EntryKind.REQUEST_HANDED_OVER, request, stage="team", after_s=3600)
        tell(two_channels)

    assert [place for place, _ in cards(two_channels)] == ["C0ACCESS"]
    assert any(line["event"] == "slack.cannot_ask_there" and line["place"] == "C0PAY" for line in lines)
    told = [said for said in replies(two_channels) if "I cannot write in" in said]
    assert told == ["I cannot write in <#C0PAY>, where this should be decided; I asked in <#C0ACCESS> instead."]


def test_where_no_channel_is_left_people_are_asked_directly(two_channels: Office, slack: BlockingSlack):
    """A request is never asked of nobody."""
    for channel in slack.inner.world.workspace.channels.values():
        channel.archived = True
    filed(two_channels, channel="C0PAY")
    tell(two_channels)

    assert [place for place, _ in cards(two_channels)] == ["U0BOB"]
    assert "I asked those who may decide directly instead." in replies(two_channels)[0]


def test_in_a_channel_a_group_is_called_as_a_group_and_few_people_by_name(two_channels: Office):
    """The group's mention rings the group; three people are rung as themselves."""
    approvers = Approvers(people=frozenset({BOB, CAROL, EVE}), slack_groups=frozenset({LEADS}))
    filed(two_channels, approvers=approvers)
    tell(two_channels)

    assert "*May decide*\\n<@U0BOB>, <@U0CAROL>, <@U0EVE>, <!subteam^S0LEADS>" in cards(two_channels)[0][1]


def test_in_a_channel_a_crowd_is_listed_and_not_rung_up(two_channels: Office):
    """Four people and more are named; a mention would ring every one of them."""
    crowd = [PrincipalId(f"U0PERSON{number}") for number in range(4)]
    for one in crowd:
        two_channels.directory.people[one] = replace(principal(one, None), name=f"P. Number {one[-1]} <b>")
    filed(two_channels, approvers=Approvers(people=frozenset(crowd)))
    tell(two_channels)

    shown = cards(two_channels)[0][1]
    assert "P. Number 0 &lt;b&gt;, P. Number 1 &lt;b&gt;" in shown
    assert "<@U0PERSON" not in shown


def test_who_has_left_slack_is_skipped_and_the_next_one_asked(slack: BlockingSlack, tmp_path: Path):
    """The most that are asked are asked, though the first of them is deactivated."""
    closed = office(slack, tmp_path, most_asked=2)
    slack.change_person("U0BOB", deleted=True)
    filed(closed, approvers=Approvers(people=frozenset({BOB, CAROL, EVE})))
    tell(closed)

    assert [place for place, _ in cards(closed)] == ["U0CAROL", "U0EVE"]


def test_a_member_of_an_enterprise_grid_is_asked_by_their_own_id(slack: BlockingSlack, tmp_path: Path):
    """Ids of people in a grid begin with W and are people's like any other."""
    closed = office(slack, tmp_path)
    slack.inner.world.workspace.people["W0GRID"] = Person(id="W0GRID", name="grid", real_name="Grid Member")
    closed.directory.people[PrincipalId("W0GRID")] = principal(PrincipalId("W0GRID"), None)
    filed(closed, approvers=Approvers(people=frozenset({PrincipalId("W0GRID")})))
    tell(closed)

    assert [place for place, _ in cards(closed)] == ["W0GRID"]
    assert "<@W0GRID>" in cards(closed)[0][1]


def test_the_next_stage_is_called_in_the_thread_and_the_message_shows_how_far_it_is(two_channels: Office):
    """The channel has one message; who is asked from now on hears it under it, who agreed is in it."""
    request = filed(two_channels, stages=(TEAM, BOSSES), waits_in="team")
    tell(two_channels)
    given = tuple(Approval(by=one, at=two_channels.clock(), rule=RuleId("reports"), stage="team") for one in (BOB, EVE))
    moved = replace(request, approvals=given, waits_in="bosses", stage_since=two_channels.clock())
    happened(two_channels, EntryKind.REQUEST_ENDORSED, moved, stage="team", waits_in="bosses", lacking=1)
    tell(two_channels)

    assert [place for place, _ in cards(two_channels)] == ["C0ACCESS"]
    called = [said for said in replies(two_channels) if "bosses" in said and "next stage" in said]
    assert called == ["<@U0BOB> and <@U0EVE> approved. The next stage is `bosses`. <@U0CAROL>, <!subteam^S0LEADS>"]
    shown = str([post["blocks"] for post in two_channels.posts("chat.update")])
    assert "*Waits for*\\nthe stage `bosses` (2 of 2): 0 of 1 approval given" in shown
    assert "*Approved so far*\\nU0Bob: approved\\nU0Eve: approved" in shown


def test_one_approval_of_several_in_the_same_stage_calls_nobody(two_channels: Office):
    """Those who are asked have been asked already."""
    request = filed(two_channels, stages=(TEAM,), waits_in="team")
    tell(two_channels)
    given = (Approval(by=BOB, at=two_channels.clock(), rule=RuleId("reports"), stage="team"),)
    happened(
        two_channels,
        EntryKind.REQUEST_ENDORSED,
        replace(request, approvals=given),
        stage="team",
        waits_in="team",
        lacking=1,
    )
    tell(two_channels)

    assert not any("up to" in said for said in replies(two_channels))
    assert "1 of 2 approvals given" in str(two_channels.posts("chat.update"))


HANDED = replace(TEAM, needed=1, approvers=Approvers(people=frozenset({BOB})))
HANDED = replace(HANDED, later=(HandOver(after=HOUR, approvers=Approvers(people=frozenset({CAROL}))),))


def test_a_hand_over_asks_the_new_people_and_the_message_says_who_may_decide_now(slack: BlockingSlack, tmp_path: Path):
    """Carol gets a message of her own, Bob's now names her, and Bob is not asked again."""
    closed = office(slack, tmp_path)
    request = filed(closed, stages=(HANDED,), waits_in="team")
    tell(closed)
    assert [place for place, _ in cards(closed)] == ["U0BOB"]
    closed.clock.forward(HOUR + MINUTE)
    happened(closed, EntryKind.REQUEST_HANDED_OVER, request, stage="team", after_s=3600, people=("U0CAROL",))
    tell(closed)

    assert [place for place, _ in cards(closed)] == ["U0BOB", "U0CAROL"]
    assert "*May decide*\\n<@U0BOB>, <@U0CAROL>" in str(closed.posts("chat.update"))


def test_a_hand_over_in_a_channel_calls_the_new_people_under_the_message(two_channels: Office):
    """Only the new ones are rung up."""
    request = filed(two_channels, stages=(HANDED,), waits_in="team")
    tell(two_channels)
    two_channels.clock.forward(HOUR + MINUTE)
    happened(two_channels, EntryKind.REQUEST_HANDED_OVER, request, stage="team", after_s=3600, people=("U0CAROL",))
    tell(two_channels)

    assert replies(two_channels) == ["Nobody has decided yet, so more people may decide now. <@U0CAROL>"]


def test_the_message_says_who_is_asked_next_who_is_not_asked_and_why(two_channels: Office):
    """All of it named without ringing up anybody who is not asked now."""
    away = Skipped(principal=CAROL, why="is away until Monday; U0EVE decides in their stead")
    stage = replace(HANDED, why=("U0BOB is the manager of U0ANN",), skipped=(away,))
    request = filed(two_channels, stages=(stage, BOSSES), waits_in="team")
    naming = for_channel(two_channels.services, request)
    shown = dict(particulars(request, naming))

    assert shown["May decide"] == "<@U0BOB>"
    assert shown["Asked next"] == "the stage `bosses`: Carol, *@leads*"
    assert shown["Also, if nobody decides"].startswith("Carol, <!date^")
    assert reasons(request, naming) == (
        "<@U0BOB> is the manager of <@U0ANN>.\nNot asked: Carol is away until Monday; U0Eve decides in their stead."
    )


def test_a_decided_message_speaks_no_more_of_stages_to_come(two_channels: Office):
    """Nobody is asked next when it is over."""
    request = filed(two_channels, stages=(TEAM, BOSSES), waits_in="team", state=RequestState.CANCELLED)
    naming = for_channel(two_channels.services, request)

    assert [name for name, _ in particulars(request, naming)] == ["For how long", "How"]
    assert reasons(request, naming) == ""


def test_an_urgent_request_says_so_in_words_everywhere(slack: BlockingSlack, tmp_path: Path):
    """In the message, in the notification and to the one who asked: no colour is needed to see it."""
    closed = office(slack, tmp_path)
    glass = Aftermath(reviewers=Approvers(people=frozenset({BOB})), within=timedelta(days=1))
    filed(closed, aftermath=glass)
    tell(closed)

    asked, status = closed.posts()
    assert asked["text"].startswith("URGENT: <@U0ANN> asks to")
    assert "*URGENT, glass was broken.* <@U0ANN> asks to" in str(asked["blocks"])
    assert "*URGENT, glass was broken.* You asked to" in str(status["blocks"])


def test_asking_for_a_robot_names_it(slack: BlockingSlack, tmp_path: Path):
    """Who asks and who would have it are two, and both are named; a robot's id is no mention."""
    closed = office(slack, tmp_path)
    filed(closed, beneficiary=PrincipalId("bot:deploy"))
    tell(closed)

    asked, status = closed.posts()
    assert asked["text"].startswith("<@U0ANN> asks for `bot:deploy` to *read*")
    assert "You asked for `bot:deploy` to *read*" in str(status["blocks"])


BIG = replace(TEAM, needed=4, approvers=Approvers(people=frozenset({BOB, CAROL, EVE})))


def test_the_requestor_reads_who_is_asked_now_and_not_who_is_asked_later(slack: BlockingSlack, tmp_path: Path):
    """Of two stages the one that waits; a group of another directory by its name."""
    closed = office(slack, tmp_path)
    team = replace(TEAM, approvers=Approvers(people=frozenset({BOB}), groups=frozenset({GroupName("file:team")})))
    request = filed(closed, stages=(team, BOSSES), waits_in="team")

    assert outcomes.standing(request, None) == "*Waits* for <@U0BOB>, `file:team`."
    assert "Asked of: <@U0BOB>, `file:team`." in requests.filed(request)


def test_several_things_that_happen_at_once_change_a_message_once(slack: BlockingSlack, tmp_path: Path):
    """Three lines wait in the outbox; each message is drawn as things stand now, and once."""
    closed = office(slack, tmp_path)
    request, teller = filed(closed, stages=(BIG,), waits_in="team", approvers=BIG.approvers), notifier(closed)
    tell(closed, teller)
    for one in (BOB, CAROL, EVE):
        given = Approval(by=one, at=closed.clock(), rule=RuleId("reports"), stage="team")
        request = replace(request, approvals=(*request.approvals, given))
        request = happened(closed, EntryKind.REQUEST_ENDORSED, request, stage="team", waits_in="team", lacking=1)
    tell(closed, teller)

    changed = [post["ts"] for post in closed.posts("chat.update")]
    assert len(changed) == len(set(changed)) == 4
    assert ANN in {post["channel"] for post in closed.posts()}


def test_thirty_changes_within_seconds_are_few_calls_and_the_last_one_shows(two_channels: Office, slack: BlockingSlack):
    """Thirty approve, Slack says “slower” in the middle of it: a handful of calls, and all thirty are counted."""
    many = [PrincipalId(f"U0TEAM{number:02}") for number in range(30)]
    stage = Stage(name="team", needed=31, approvers=Approvers(people=frozenset({BOB, *many})))
    request, teller = filed(two_channels, stages=(stage,), waits_in="team"), notifier(two_channels)
    tell(two_channels, teller)
    posted = len(slack.calls)
    slack.faults.rate_limit(2, retry_after=2, method="chat.update")
    for number, one in enumerate(many):
        given = Approval(by=one, at=two_channels.clock(), rule=RuleId("reports"), stage="team")
        request = replace(request, approvals=(*request.approvals, given))
        request = happened(two_channels, EntryKind.REQUEST_ENDORSED, request, stage="team", waits_in="team", lacking=1)
        if number % 10 == 9:
            tell(two_channels, teller)
            two_channels.clock.forward(timedelta(seconds=3))
    two_channels.clock.forward(timedelta(seconds=10))
    tell(two_channels, teller)

    assert len(slack.calls) - posted <= 12
    (card,) = [one for one in slack.inner.world.workspace.messages["C0ACCESS"] if "asks to" in one.text]
    assert "30 of 31 approvals given" in str(card.blocks)
    lines = [post["text"] for post in two_channels.posts() if post["text"].startswith("*Approved so far*")]
    assert 1 <= len(lines) <= 3


def test_what_another_process_drew_meanwhile_is_drawn_over(slack: BlockingSlack, tmp_path: Path):
    """A process that remembers what it drew an hour ago does not take it for what the message shows."""
    closed = office(slack, tmp_path, approvals_channel="C0ACCESS")
    request, first, second = filed(closed), notifier(closed), notifier(closed)
    tell(closed, first)
    closed.clock.forward(HOUR)
    closed.aws.refusal = "AWS does not answer."
    request = happened(closed, EntryKind.REQUEST_ENDORSED, request, stage="", waits_in="", lacking=1)
    tell(closed, second)
    assert "not known now" in str(closed.posts("chat.update")[-2]["blocks"])
    closed.aws.refusal = ""
    happened(closed, EntryKind.REQUEST_ENDORSED, request, stage="", waits_in="", lacking=1)
    tell(closed, first)

    (card,) = [one for one in slack.inner.world.workspace.messages["C0ACCESS"] if "asks to" in one.text]
    assert "In AWS: `s3:GetObject`" in str(card.blocks)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (
            "person",
            (
                "As things are, nobody can approve this: Rule r finds nobody else: <@U0BOB> has left &amp; gone. "
                "It goes on waiting in case that changes; you can also cancel it and ask otherwise."
            ),
        ),
        ("approvals", "Rule r finds nobody else: <@U0BOB> has left &amp; gone."),
    ],
)
def test_the_requestor_reads_that_nobody_can_decide_any_more(two_channels: Office, field: str, said: str):
    """Under their own message, once, with people named; nothing of it once the request is decided."""
    sentence = "Rule r finds nobody else: U0BOB has left & gone."
    request = filed(two_channels)
    tell(two_channels)
    request = happened(two_channels, EntryKind.REQUEST_STALLED, request, field=field, sentence=sentence)
    tell(two_channels)
    tell(two_channels)
    happened(two_channels, EntryKind.REQUEST_STALLED, replace(request, state=RequestState.DENIED), sentence=sentence)
    tell(two_channels)

    assert [one for one in replies(two_channels) if "finds nobody" in one] == [said]
