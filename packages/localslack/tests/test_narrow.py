"""On a phone, 390 pixels wide: people and channels are folded away, and nothing scrolls sideways."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from slack_sdk import WebClient

from localslack import BlockingSlack

from .lending_library import option, plain

WIDTH = 390
LONG = "a-name-without-any-space-in-it/" * 6
OUT = Path("out")
SIDEWAYS = """() => [...document.querySelectorAll("*")].filter((one) => {
    const scrolls = /auto|scroll/.test(getComputedStyle(one).overflowX) || one === document.documentElement;
    const seen = one.checkVisibility({ visibilityProperty: true }) && !one.closest(".sr, .skip, option");
    const beyond = seen && one.getBoundingClientRect().right > innerWidth + 1;
    return (scrolls && one.scrollWidth > one.clientWidth + 1) || beyond;
}).map((one) => `${one.tagName.toLowerCase()}.${one.className} #${one.id}`)"""
"""What can be scrolled sideways, or stands beyond the right edge."""

WIDE: list[dict[str, Any]] = [
    {"type": "header", "text": plain(LONG[:140])},
    {"type": "section", "text": {"type": "mrkdwn", "text": f"`{LONG}` and ```{LONG}```"}},
    {"type": "section", "fields": [{"type": "mrkdwn", "text": f"*Where*\n{LONG}"}, plain("short")]},
    {
        "type": "section",
        "text": plain("With a button beside it"),
        "accessory": {"type": "button", "action_id": "a", "text": plain("Take it away again, now and for ever")},
    },
    {
        "type": "actions",
        "elements": [
            {"type": "static_select", "action_id": "b", "options": [option(LONG[:70]), option("1 day")]},
            *({"type": "button", "action_id": f"c{n}", "text": plain(f"{n} {LONG[:70]}")} for n in range(3)),
            {"type": "overflow", "action_id": "d", "options": [option("more"), option("and more")]},
        ],
    },
    {"type": "context", "elements": [plain(LONG), {"type": "mrkdwn", "text": f"<https://example.com/{LONG}>"}]},
]


@pytest.fixture
def page(chromium: Browser, slack: BlockingSlack) -> Iterator[Page]:
    """A phone in Alice's hand, with what a page of hers could at most be full of."""
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    client.chat_postMessage(channel="C0PROJECT", text=LONG, blocks=WIDE)
    client.chat_postMessage(
        channel="C0PROJECT", text=LONG, thread_ts=slack.person("U0ALICE").messages("C0PROJECT")[0].ts
    )
    client.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": WIDE})
    page = chromium.new_page(viewport={"width": WIDTH, "height": 844}, has_touch=True)
    page.goto(f"{slack.url}/client/U0ALICE/C0PROJECT")
    yield page
    page.close()


def picture(page: Page, name: str) -> None:
    """Keep what is on the screen."""
    OUT.mkdir(exist_ok=True)
    page.screenshot(path=OUT / f"localslack-390-{name}.png")


def test_nothing_scrolls_sideways(page: Page, slack: BlockingSlack):
    """Neither a conversation, the home, a form, the left bar, nor a menu."""
    expect(page.locator(".message.reply")).to_be_visible()
    found = {"channel": page.evaluate(SIDEWAYS)}
    picture(page, "channel")
    page.get_by_label("Shortcuts").click()
    found["shortcuts"] = page.evaluate(SIDEWAYS)
    page.get_by_label("Message", exact=True).fill("/a")
    found["hints"] = page.evaluate(SIDEWAYS)
    page.get_by_role("button", name="People and channels").click()
    found["left bar"] = page.evaluate(SIDEWAYS)
    picture(page, "left-bar")
    page.keyboard.press("Escape")
    page.get_by_label("Message", exact=True).fill("/app form")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    found["form"] = page.evaluate(SIDEWAYS)
    picture(page, "form")
    page.keyboard.press("Escape")
    page.goto(f"{slack.url}/client/U0ALICE/home")
    expect(page.get_by_role("heading", name="Your books")).to_be_visible()
    WebClient(token=slack.bot_token, base_url=slack.api_url).views_publish(
        user_id="U0ALICE", view={"type": "home", "blocks": WIDE}
    )
    expect(page.get_by_text("With a button beside it")).to_be_visible()
    found["home"] = page.evaluate(SIDEWAYS)
    picture(page, "home")

    assert {place: wide for place, wide in found.items() if wide} == {}


def test_people_and_channels_are_folded_behind_a_button(page: Page, slack: BlockingSlack):
    """Out of sight and out of the keyboard's reach; the button shows them, and counts what waits behind it."""
    bob = page.get_by_role("link", name=re.compile("Bob Okafor"))
    expect(bob).to_have_count(0)
    slack.person("U0CAROL").say("news", channel="C0GENERAL")
    fold = page.get_by_role("button", name=re.compile("People and channels; you are Alice Moreau"))
    expect(fold).to_contain_text("unread")
    fold.click()
    expect(bob).to_be_visible()
    page.keyboard.press("Escape")
    expect(bob).to_have_count(0)
    expect(fold).to_be_focused()

    fold.click()
    page.mouse.click(WIDTH - 10, 600)
    expect(bob).to_have_count(0)
    fold.click()
    bob.click()
    expect(page.get_by_role("button", name=re.compile("you are Bob Okafor"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Alice Moreau"))).to_have_count(0)


def test_on_a_wide_screen_nothing_is_folded(page: Page):
    """People and channels stand beside the conversation, and there is no button for them."""
    page.set_viewport_size({"width": 1440, "height": 900})

    expect(page.get_by_role("link", name=re.compile("Bob Okafor"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("People and channels"))).to_have_count(0)
