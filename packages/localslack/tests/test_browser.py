"""People use the local Slack in a browser: every step through the page, none through the driver."""

import re
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from localslack import BlockingSlack


@pytest.fixture
def page(chromium, slack):
    """A window at the size people show demos in, with what the page complains about."""
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(slack.url)
    yield page
    page.close()
    assert complaints == []


def pick_a_book(page: Page) -> None:
    """Type a few letters and take the first book offered, by keyboard alone."""
    book = page.get_by_role("combobox", name="Book")
    book.press_sequentially("atl")
    expect(page.get_by_role("option", name="acme-atlas")).to_be_visible()
    book.press("Enter")


def send_with(page: Page, days: str) -> None:
    """Say for how many days, and send."""
    page.get_by_label("Days").fill(days)
    page.get_by_role("button", name="Ask").click()


def test_a_request_is_made_and_decided_in_the_browser(page):
    """Command with hint, form with error, message with buttons, another person, decision."""
    page.get_by_label("Message", exact=True).fill("/a")
    expect(page.get_by_role("listbox", name="Slash commands")).to_contain_text("/app")
    page.keyboard.press("Tab")
    page.keyboard.type("form")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Borrow a book")).to_be_visible()

    pick_a_book(page)
    send_with(page, days="99")
    expect(page.get_by_role("alert")).to_contain_text("At most 30 days.")
    send_with(page, days="3")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.get_by_role("link", name=re.compile("Bob Okafor")).click()
    expect(page.locator(".message").last).to_contain_text("acme-atlas for 3 days?")
    page.locator(".message select").select_option("7 days")
    page.get_by_role("button", name="Lend").click()
    expect(page.locator(".message").last).to_contain_text("Lent acme-atlas for 7 days by @Bob Okafor")
    expect(page.locator(".message button")).to_have_count(0)


def test_a_message_for_one_person_is_marked_and_can_be_dismissed(page):
    """Ephemeral messages say so in words."""
    page.get_by_label("Message", exact=True).fill("/app hello <b>")
    page.keyboard.press("Enter")
    message = page.locator(".message.ephemeral")
    expect(message).to_contain_text("Only visible to you")
    expect(message).to_contain_text("You said: hello <b>")

    message.get_by_role("button", name="Dismiss").click()
    expect(message).to_have_count(0)


def test_the_shortcut_opens_the_form_and_escape_closes_it(page):
    """The app hears of the closing and answers in the direct message."""
    page.get_by_label("Shortcuts").click()
    page.get_by_role("button", name="Open a form").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".message").last).to_contain_text("Perhaps another time.")


def test_what_others_do_appears_by_itself(page, bob):
    """A message in another channel is counted in the left bar; the open one shows it."""
    bob.say("news", channel="C0PROJECT")
    expect(page.locator("#place-C0PROJECT")).to_contain_text("1 unread")

    page.locator("#place-C0PROJECT").click()
    expect(page.locator(".message").last).to_contain_text("news")
    expect(page.locator("#place-C0PROJECT .badge")).to_have_count(0)
    bob.say("more news", channel="C0PROJECT")
    expect(page.locator(".message").last).to_contain_text("more news")


def test_half_typed_text_survives_what_others_do(page, bob):
    """A redraw takes neither the words in a form nor the focus."""
    page.get_by_label("Message", exact=True).fill("/app form")
    page.keyboard.press("Enter")
    note = page.get_by_label("Note")
    note.press_sequentially("half a sen")
    bob.say("interrupting", channel="C0PROJECT")
    expect(page.locator("#place-C0PROJECT")).to_contain_text("1 unread")

    page.keyboard.type("tence")
    expect(note).to_have_value("half a sentence")


def test_the_home_is_filled_when_it_is_opened(page):
    """Opening the tab is an event for the app; what it publishes appears."""
    page.get_by_role("link", name="Home", exact=True).click()

    expect(page.get_by_role("heading", name="Your books")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_what_is_wrong_with_a_field_is_in_sight_in_a_low_window(page, width):
    """It stands under the field, which alone was scrolled to: the bar of buttons hid it."""
    page.set_viewport_size({"width": width, "height": 330})
    page.get_by_label("Message", exact=True).fill("/app form")
    page.keyboard.press("Enter")
    pick_a_book(page)
    send_with(page, days="99")

    expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_home_opens_at_its_top(page, width):
    """However long it is: the app fills it after it was opened, and what waits for the person stands first."""
    page.set_viewport_size({"width": width, "height": 844})
    page.get_by_role("link", name="Home", exact=True).click()

    expect(page.get_by_role("heading", name="Your books")).to_be_in_viewport()
    expect(page.get_by_text("Book 59")).not_to_be_in_viewport()


@pytest.mark.parametrize(
    ("headers", "why"), [({}, "no header of ours"), ({"X-Local-Slack": "1", "Host": "evil.example"}, "foreign name")]
)
def test_a_foreign_page_cannot_act(slack, headers, why):
    """Without our header, or under another host name, nothing is done."""
    url = f"{slack.url}/client/U0ALICE/do/say"
    asked = urllib.request.Request(url, data=b'{"channel":"C0PROJECT","text":"x"}', headers=headers)  # noqa: S310

    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(asked)  # noqa: S310
    assert slack.person("U0ALICE").messages("C0PROJECT") == [], why


def test_the_panel_stands_beside_the_chat_and_knows_the_person():
    """The page frames the panel's origin and no other, and runs no script but its own."""
    with BlockingSlack(panel_url="http://127.0.0.1:9/panel") as slack:
        answer = urllib.request.urlopen(f"{slack.url}/client/U0BOB/C0PROJECT")  # noqa: S310
        policy = answer.headers["Content-Security-Policy"]

        assert 'src="http://127.0.0.1:9/panel?person=U0BOB"' in answer.read().decode()
    assert "frame-src http://127.0.0.1:9;" in policy
    assert "script-src 'self'; style-src 'self';" in policy
