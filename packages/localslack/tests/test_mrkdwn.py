"""Slack's markup is set as people know it, and nothing an app or a person writes becomes a tag."""

import pytest

from localslack import seed
from localslack.changes import Changes
from localslack.client.mrkdwn import Typesetter
from localslack.client.rich_text import rich_text
from localslack.workspace import Team, Workspace

NOON = 1_795_435_200.0
"""2026-11-23 12:00 UTC."""


@pytest.fixture
def setter():
    """Text as Alice, in Amsterdam, reads it."""
    workspace = Workspace(
        people=seed.people(), channels=seed.channels(), groups=seed.groups(), changes=Changes(), team=Team()
    )
    return Typesetter(workspace, reader="U0ALICE", now=NOON)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("*bold* _slanted_ ~gone~", "<strong>bold</strong> <em>slanted</em> <s>gone</s>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("`a *b*`", "<code>a *b*</code>"),
        ("```x < y```", "<pre>x &lt; y</pre>"),
        ("a\nb", "a<br>b"),
        ("&gt; said\nthen", "<blockquote>said</blockquote>then"),
        ("<@U0BOB>", '<span class="mention">@Bob Okafor</span>'),
        ("<@U0ALICE>", '<span class="mention mine">@Alice Moreau</span>'),
        ("<#C0GENERAL>", '<span class="channel">#general</span>'),
        ("<!subteam^S0LEADS>", '<span class="mention">@team-leads</span>'),
        (":lock: :no_such_code:", "🔒 :no_such_code:"),
        ("a &amp; b", "a &amp; b"),
    ],
)
def test_markup_is_set_as_slack_sets_it(setter, written, shown):
    """Each mark on its own."""
    assert setter.mrkdwn(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<javascript:alert(1)|click>",
        '<https://x.example/"onmouseover="alert(1)|x>',
        "`<img src=x onerror=alert(1)>`",
        "*<b>*",
        "<@U1|<img src=x>>",
        "\x000\x00",
    ],
)
def test_no_text_becomes_a_tag(setter, written):
    """Only our own tags come out, and only links that lead somewhere harmless."""
    shown = setter.mrkdwn(written)

    assert "<script" not in shown
    assert "<img" not in shown
    assert "<b>" not in shown
    assert 'href="javascript' not in shown
    assert '"onmouseover' not in shown


def test_a_link_shows_its_label(setter):
    """Links open elsewhere and tell that page nothing."""
    shown = setter.mrkdwn("<https://example.com/a?b=1&amp;c=2|the ticket>")

    assert 'href="https://example.com/a?b=1&amp;c=2"' in shown
    assert 'rel="noopener noreferrer"' in shown
    assert ">the ticket</a>" in shown


def test_a_bare_address_is_a_link(setter):
    """The full stop after it is not part of it."""
    assert 'href="https://example.com/x"' in setter.mrkdwn("see https://example.com/x.")


def test_a_date_is_told_in_the_readers_zone(setter):
    """Noon in UTC is one o'clock for Alice."""
    assert ">today at 13:00</time>" in setter.mrkdwn(f"<!date^{int(NOON)}^{{date_short_pretty}} at {{time}}|noon>")


def test_rich_text_is_set_with_its_styles(setter):
    """Sections, lists, links and styles of a rich_text block."""
    item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "<one>", "style": {"bold": True}}]}
    block = {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": [item]}]}

    assert rich_text(block, setter) == "<ul><li><span><strong>&lt;one&gt;</strong></span></li></ul>"
