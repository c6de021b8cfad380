"""The pictures of docs/gallery.md: what people see of rules, stages, emergencies and the Home tab."""

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from daypass.demo.company import Company
from daypass.demo.world import APPROVALS
from tests.browser.walking import DESK, PATIENCE_MS, become, detail, enter, type_line, window

DELETE = "/daypass request s3 delete acme-uploads/inbox/readme.txt --for 30m"
NARROW = (390, 844)
"""A phone."""


@pytest.fixture(scope="module")
def company() -> Iterator[Company]:
    """The demo's world."""
    with TemporaryDirectory(prefix="daypass-demo-") as folder, Company(Path(folder)) as running:
        yield running


@pytest.fixture
def page(chromium: Browser, company: Company) -> Iterator[Page]:
    """A window on it, high enough for a whole form."""
    with window(chromium, company, (DESK[0], 1500)) as opened:
        yield opened


def whispered(page: Page, words: str) -> Locator:
    """The newest message that only this person sees, with these words in it."""
    found = page.locator(".message.ephemeral", has_text=words).last
    expect(found).to_be_visible(timeout=PATIENCE_MS)
    return found


def said(page: Page, words: str) -> Locator:
    """The newest message with these words in it."""
    found = page.locator(".message:not(.ephemeral)", has_text=words).last
    expect(found).to_be_visible(timeout=PATIENCE_MS)
    return found


def dialog(page: Page, words: str) -> Locator:
    """The open form, once it says this."""
    found = page.get_by_role("dialog")
    expect(found).to_contain_text(words, timeout=PATIENCE_MS)
    return found


@pytest.mark.long
def test_rules_are_read_changed_and_agreed_to_in_slack(page: Page):
    """In sentences; the effect before anything is proposed; never by their author alone."""
    become(page, "Alice")
    enter(page, "general")
    type_line(page, '/daypass request s3 read acme-reports/2026/ --for 6h --reason "INC-50"')
    whispered(page, "Asked")

    become(page, "Bob")
    enter(page, "general")
    type_line(page, "/daypass rules")
    rules = whispered(page, "of the rules")
    expect(rules).to_contain_text("for up to 8 hours, 1 hour by default, when one of @leads agrees")
    detail(rules, "rules")
    rules.get_by_role("button", name="Edit").first.click()
    form = dialog(page, "Change a rule")
    form.get_by_label(re.compile("For how long at most")).fill("4h")
    form.get_by_label(re.compile("Why you change it")).fill("Four hours are enough")
    form.get_by_role("button", name="See what it does").click()
    effect = dialog(page, "2 lose; 1 pending request would be decided differently")
    effect.evaluate("form => form.querySelectorAll('*').forEach(part => part.scrollTo(0, part.scrollHeight))")
    detail(effect, "rule-effect")
    form.get_by_role("button", name="Propose").click()
    expect(dialog(page, "Proposed")).to_contain_text("I ask the other owners")
    page.get_by_role("button", name="Close").last.click()

    enter(page, "access-requests")
    change = said(page, "Four hours are enough")
    change.get_by_role("button", name="Approve").click()
    whispered(page, "Nobody decides on their own change of the rules")

    become(page, "Carol")
    enter(page, "access-requests")
    change = said(page, "Four hours are enough")
    detail(change, "rule-change")
    change.get_by_role("button", name="Approve").click()
    expect(change).to_contain_text("The rules are in force as version 2", timeout=PATIENCE_MS)


def test_a_request_goes_through_its_stages(page: Page):
    """Who decides is said before one asks; the second stage waits for the first, and whoever is away is named."""
    become(page, "Dave")
    enter(page, "general")
    type_line(page, '/daypass away --until "tomorrow 18:00"')
    whispered(page, "away")

    become(page, "Alice")
    enter(page, "general")
    type_line(page, f'{DELETE} --reason "INC-51" --dry-run')
    detail(whispered(page, "security"), "preview")
    type_line(page, f'{DELETE} --reason "INC-51"')
    whispered(page, "Asked")

    become(page, "Bob")
    enter(page, "access-requests")
    card = said(page, "INC-51")
    card.get_by_role("button", name="Approve").click()
    expect(card).to_contain_text(re.compile("@Bob Baker.*agreed|Approved so far"), timeout=PATIENCE_MS)
    expect(card).to_contain_text("Dave Dorn")
    detail(card, "stages")


def test_what_is_discussed_stands_in_the_thread(page: Page, company: Company):
    """And is kept with the request: `/daypass show` tells it."""
    become(page, "Alice")
    enter(page, "general")
    type_line(page, '/daypass request s3 read acme-reports/2025/ --for 20m --reason "INC-52"')
    whispered(page, "Asked")

    become(page, "Bob")
    enter(page, "access-requests")
    card = said(page, "INC-52")
    thread = card.get_attribute("data-ts")
    company.person("U0BOB").say("Is last year's last quarter enough?", channel=APPROVALS, thread_ts=thread)
    company.person("U0ALICE").say("Yes, only q4.csv.", channel=APPROVALS, thread_ts=thread)
    page.set_viewport_size({"width": DESK[0], "height": 620})
    detail(page.locator("#middle"), "thread")
    type_line(page, f"/daypass show {request_id(card)}")
    kept = whispered(page, "asked")
    expect(kept).to_contain_text("Yes, only q4.csv.", timeout=PATIENCE_MS)
    detail(kept, "story")


def test_an_emergency_is_loud_and_somebody_else_looks_at_it_afterwards(page: Page):
    """At once, told where everybody sees it; the review says what was done, and its own author cannot close it."""
    become(page, "Alice")
    enter(page, "general")
    type_line(page, '/daypass request s3 read acme-reports/2026/ --for 30m --reason "The export is down" --urgent')
    whispered(page, "Approved at once")

    become(page, "Bob")
    enter(page, "access-requests")
    alarm = said(page, "Emergency access was used")
    expect(alarm).to_contain_text("Somebody else has to review what was done")
    detail(alarm, "glass")
    alarm.get_by_role("button", name="Revoke").click()
    expect(alarm).to_contain_text("revoked by", timeout=PATIENCE_MS)
    alarm.get_by_role("button", name="Review").click()
    review = dialog(page, "The export is down")
    detail(review, "review")
    review.get_by_label(re.compile("What did you find")).fill("The export had failed; Alice read what it needed.")
    review.get_by_role("button", name="Close the review").click()
    expect(alarm).to_contain_text("Reviewed by @Bob Baker", timeout=PATIENCE_MS)
    page.keyboard.press("Escape")


def test_the_home_tab_shows_what_waits_what_one_has_and_what_others_have(page: Page):
    """To whoever decides and owns the rules: with the ends, and a button for each."""
    become(page, "Alice")
    enter(page, "general")
    type_line(page, '/daypass request s3 read acme-reports/2025/ --for 1h --reason "INC-53"')
    whispered(page, "Asked")
    become(page, "Bob")
    enter(page, "general")
    type_line(page, '/daypass request s3 read acme-reports/2026/ --for 20m --reason "INC-54" --urgent')
    whispered(page, "Approved at once")
    enter(page, "access-requests")
    question = said(page, "INC-53")
    question.get_by_role("button", name="Approve").click()
    expect(question).to_contain_text("Approved by @Bob Baker", timeout=PATIENCE_MS)
    enter(page, "Daypass Home")
    home = page.locator("#middle")
    expect(home).to_contain_text("What others have", timeout=PATIENCE_MS)
    expect(home).to_contain_text("acme-reports/2026/ for 20 minutes: Live until", timeout=PATIENCE_MS)
    detail(home, "home")


def test_what_one_could_ask_for_is_said_in_sentences(page: Page):
    """And what nobody lends is refused with the words of the rule."""
    become(page, "Alice")
    enter(page, "general")
    type_line(page, "/daypass offers")
    detail(whispered(page, "reports:"), "offers")
    type_line(page, '/daypass request s3 read acme-payroll/2026/ --for 1h --reason "INC-55"')
    detail(whispered(page, "talk to Carol"), "refused")


def test_a_request_is_read_and_decided_on_a_narrow_screen(chromium: Browser, company: Company):
    """Nothing of a card, of one's own message or of the form is cut off at the side."""
    with window(chromium, company, NARROW) as page:
        become(page, "Alice")
        enter(page, "general")
        type_line(page, '/daypass request s3 list,write acme-uploads/inbox/ --for 20m --reason "INC-56"')
        whispered(page, "Asked")
        become(page, "Bob")
        enter(page, "access-requests")
        card = said(page, "INC-56")
        assert fits(card)
        detail(card, "narrow-card")
        card.get_by_role("button", name="Approve").click()
        become(page, "Alice")
        enter(page, "Daypass(?! Home)")
        mine = said(page, "I'm done")
        expect(mine).to_contain_text("Live until", timeout=PATIENCE_MS)
        assert fits(mine)
        detail(mine, "narrow-mine")


def request_id(card: Locator) -> str:
    """The id of the request that a card is about."""
    found = re.search(r"Id ([a-z0-9]{12})", card.inner_text())
    assert found
    return found[1]


def fits(part: Locator) -> bool:
    """Whether nothing of it is cut off at the side."""
    wide: bool = part.evaluate("part => part.scrollWidth <= part.clientWidth")
    return wide
