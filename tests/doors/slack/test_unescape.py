"""What people type, as Slack delivers it: mentions, channels and links, and words again on our side."""

import pytest

from daypass.doors.slack.unescape import words
from daypass.model.errors import BadInput
from localslack import BlockingActor
from tests.doors.slack.conftest import Office
from tests.makers import ANN, BOB


@pytest.mark.parametrize(
    ("delivered", "typed"),
    [
        ("grant --to <@U02ANN|ann>", ["grant", "--to", "<@U02ANN>"]),
        ("grant --to=<@U02ANN>", ["grant", "--to=<@U02ANN>"]),
        ("read <http://acme.reports.com/2026/|acme.reports.com/2026/>", ["read", "acme.reports.com/2026/"]),
        ("--reason <https://acme.example/INC-42>", ["--reason", "https://acme.example/INC-42"]),
        ("<mailto:ann@acme.example|ann@acme.example>", ["ann@acme.example"]),
        ("<mailto:ann@acme.example>", ["ann@acme.example"]),
        ("see <#C02OPS|ops>", ["see", "#ops"]),
        ("<!subteam^S02LEADS|@leads> and <!here>", ["@leads", "and", "@here"]),
        ("a &lt; b &amp;&amp; c &gt; d", ["a", "<", "b", "&&", "c", ">", "d"]),
        ("&lt;!channel&gt; &lt;@U02ANN&gt;", ["<!channel>", "<@U02ANN>"]),
        ("&amp;lt;", ["&lt;"]),
        ("<https://a.example/?x=1&amp;y=2|a.example/?x=1&amp;y=2>", ["a.example/?x=1&y=2"]),
        ("\ue000U02ANN\ue001", ["U02ANN"]),
    ],
)
def test_what_slack_made_of_it_is_undone(delivered: str, typed: list[str]):
    """Only who was mentioned is kept, because a name alone says nobody."""
    assert words(delivered) == typed


def test_a_mention_says_who_only_where_it_stands_alone():
    """In a reason it is text like any other, and what somebody typed themselves stays as they typed it."""
    said = words('grant --to <@U02ANN|ann> --reason "as <@U02BOB|bob> said, <@U02EVE> &lt;@U02DAN&gt;"')

    assert said == ["grant", "--to", "<@U02ANN>", "--reason", "as @bob said, @U02EVE <@U02DAN>"]


def test_whom_one_picks_after_the_at_sign_is_whom_one_means(daypass: Office, bob: BlockingActor):
    """`--to @ann`: nobody looks up a member id."""
    bob.command("/daypass", 'grant s3 read acme-reports/2026/ --to @ann --for 1h --reason "for @ann, in #general"')
    bob.wait_until(lambda: daypass.services.ledger.requests() or None)
    (request,) = daypass.services.ledger.requests()
    assert (request.requestor, request.beneficiary) == (BOB, ANN)
    assert request.reason == "for @ann, in #general"


def test_a_name_that_slack_knows_nobody_by_is_nobody(daypass: Office, bob: BlockingActor):
    """It is said how to mean somebody; nothing is guessed."""
    bob.command("/daypass", 'grant s3 read acme-reports/2026/ --to @anna --for 1h --reason "INC-42"')
    assert "does not say exactly who" in bob.wait_for_ephemeral("anna").visible_text
    assert daypass.services.ledger.requests() == []


def test_a_bucket_whose_name_slack_takes_for_a_link_is_a_bucket(daypass: Office, ann: BlockingActor):
    """`acme.reports.com` comes back as it was typed, in the refusal and in the form."""
    ann.command("/daypass", 'request s3 read acme.reports.com/2026/ --for 1h --reason "INC-42"')
    refusal = ann.wait_for_ephemeral("acme.reports.com/2026/")
    assert "http" not in refusal.visible_text


def test_the_form_knows_who_was_picked(daypass: Office, bob: BlockingActor):
    """What is incomplete opens the form with the person filled in."""
    bob.command("/daypass", "grant s3 read --to @ann")
    form = bob.wait_for_modal("Request access")
    (picker,) = [block["element"] for block in form.blocks if block.get("block_id") == "person"]
    assert picker["initial_user"] == ANN


def test_a_quote_that_is_never_closed_is_said():
    """Words are cut as everywhere else."""
    with pytest.raises(BadInput, match="never closed"):
        words('request "s3')
