"""The demo, gone through in the browser as a newcomer goes through it: nothing but the page is touched."""

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, Page, expect

from daypass.demo.company import Company
from tests.bad_input.firm import Firm
from tests.browser.device import a_device
from tests.browser.walking import PATIENCE_MS, aws_says, become, detail, enter, picture, type_line, window
from tests.servers.listeners import beyond_this_machine


@pytest.fixture(scope="module")
def steps() -> list[str]:
    """Keep what the demo says while it starts, each with whether its AWS and its Slack were there by then."""
    return []


@pytest.fixture(scope="module")
def company(steps: list[str]) -> Iterator[Firm]:
    """The demo's world, running, in a folder like the demo's: its name is in the pictures."""
    with TemporaryDirectory(prefix="daypass-demo-") as folder:
        demo = Firm(
            Path(folder), says=lambda step: steps.append(f"{step} ({hasattr(demo, 'aws')}, {hasattr(demo, 'slack')})")
        )
        with demo as running:
            yield running


@pytest.fixture
def page(chromium: Browser, company: Company) -> Iterator[Page]:
    """A window on it."""
    with window(chromium, company) as opened:
        yield opened


def test_the_demo_says_each_step_of_its_start_before_it_takes_it(company: Company, steps: list[str]):
    """Half a minute of silence, as on a slow machine, looks like a fault."""
    assert company.url.startswith("http://localhost:")
    assert steps == [
        "starting an AWS of its own (MiniStack) (False, False)",
        "making its buckets and people (True, False)",
        "starting a Slack of its own (True, False)",
        "starting Daypass: its database, its journal, its doors (True, True)",
    ]


def test_the_first_grant_begins_and_ends_in_the_browser(page: Page):
    """Asked by Alice, approved by Bob with an expiry, allowed by AWS within seconds, denied by AWS at its end."""
    become(page, "Alice")
    enter(page, "general")
    type_line(page, '/daypass request s3 read acme-reports/2026/ --for 25s --as policy --reason "INC-42"')
    expect(page.locator(".message.ephemeral").last).to_contain_text("Asked")

    become(page, "Bob")
    enter(page, "access-requests")
    question = page.locator(".message", has_text="INC-42").last
    expect(question).to_contain_text("everything under")
    expect(question.locator("select option")).to_contain_text(["25 seconds", "5 minutes", "1 hour"])
    picture(page, "asked")
    question.get_by_role("button", name="Approve").click()
    expect(question).to_contain_text(re.compile("Approved by @Bob Baker"), timeout=PATIENCE_MS)

    become(page, "Alice")
    row = aws_says(page).locator("tr", has_text="read acme-reports/2026/q1.csv")
    expect(row).to_contain_text("allowed", timeout=PATIENCE_MS)
    expect(aws_says(page).locator("tr", has_text="read acme-reports/2025/q4.csv")).to_contain_text("denied")
    aws_says(page).locator("summary", has_text="inline policy of user alice").click()
    expect(aws_says(page).locator("details pre")).to_contain_text("DateLessThan")
    picture(page, "allowed")
    enter(page, "Daypass(?! Home)")
    warning = page.locator(".message", has_text="Extend it if you need more time").last
    expect(warning.get_by_role("button", name=re.compile("Extend|more time"))).to_be_visible(timeout=PATIENCE_MS)
    detail(warning, "ends-soon")
    expect(row).to_contain_text("denied", timeout=PATIENCE_MS)
    expect(aws_says(page).locator("#held")).to_contain_text("Nothing of Daypass", timeout=PATIENCE_MS)
    expect(aws_says(page).locator("#verdict")).to_contain_text("verified")
    picture(page, "ended")


def test_an_incomplete_command_opens_the_form_and_errors_stand_beside_their_fields(page: Page):
    """Prefilled with what was typed; the place is found by typing; “soon” is refused beside its field."""
    become(page, "Alice")
    enter(page, "general")
    type_line(page, "/daypass request s3 read")
    form = page.get_by_role("dialog", name="Request access")
    expect(form.get_by_text("Access to AWS that ends by itself")).to_be_in_viewport()
    expect(form.get_by_role("checkbox", name=re.compile("^read"))).to_be_checked()
    where = form.get_by_role("combobox", name=re.compile("Where"))
    where.press_sequentially("acme-rep")
    expect(form.get_by_role("option", name=re.compile("acme-reports")).first).to_be_visible(timeout=PATIENCE_MS)
    expect(form.get_by_role("option", name=re.compile("acme-payroll"))).to_have_count(0)
    where.press("Enter")
    form.get_by_label(re.compile("For how long")).fill("soon")
    form.get_by_label(re.compile("Why")).fill("INC-43")
    form.get_by_role("button", name="Ask").click()
    expect(form.get_by_role("alert")).to_contain_text("“soon” is not a length of time", timeout=PATIENCE_MS)
    picture(page, "form")
    form.get_by_label(re.compile("For how long")).fill("5m")
    form.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE_MS)

    become(page, "Bob")
    enter(page, "Daypass Home")
    expect(page.locator("#middle")).to_contain_text("Waits for you", timeout=PATIENCE_MS)
    expect(page.locator("#middle")).to_contain_text("Alice Archer", timeout=PATIENCE_MS)
    picture(page, "home-waiting")


def test_the_approver_chooses_how_long_and_the_home_shows_the_grant(page: Page):
    """Asked for two hours, given for five minutes; the one who has it finds it in the app's Home and ends it there."""
    become(page, "Alice")
    enter(page, "general")
    type_line(page, '/daypass request s3 read acme-reports/2025/ --for 2h --as policy --reason "INC-44"')

    become(page, "Bob")
    enter(page, "access-requests")
    question = page.locator(".message", has_text="INC-44").last
    question.locator("select").select_option("5 minutes")
    question.get_by_role("button", name="Approve").click()
    expect(question).to_contain_text("for 5 minutes", timeout=PATIENCE_MS)

    become(page, "Alice")
    row = aws_says(page).locator("tr", has_text="read acme-reports/2025/q4.csv")
    expect(row).to_contain_text("allowed", timeout=PATIENCE_MS)
    expect(aws_says(page).locator("summary")).to_contain_text("AWS ends it by itself at")
    enter(page, "Daypass Home")
    home = page.locator("#middle")
    expect(home).to_contain_text("acme-reports/2025/ for 5 minutes: Live until", timeout=PATIENCE_MS)
    picture(page, "home-mine")
    home.get_by_role("button", name="I'm done").click()
    expect(row).to_contain_text("denied", timeout=PATIENCE_MS)
    expect(home).to_contain_text("they were done", timeout=PATIENCE_MS)
    expect(aws_says(page).locator("#held")).to_contain_text("Nothing of Daypass", timeout=PATIENCE_MS)


def test_the_console_button_leads_to_a_page_that_stands_for_the_console(page: Page):
    """It says whose session it is, in which account, and when it ends: what AWS's console would be opened with."""
    become(page, "Alice")
    enter(page, "general")
    type_line(page, '/daypass request s3 read acme-reports/2026/ --for 5m --as session --reason "INC-45"')
    become(page, "Bob")
    enter(page, "access-requests")
    page.locator(".message", has_text="INC-45").last.get_by_role("button", name="Approve").click()
    become(page, "Alice")
    enter(page, "Daypass(?! Home)")
    mine = page.locator(".message", has_text="AWS console").last
    mine.get_by_role("button", name="AWS console").click(timeout=PATIENCE_MS)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in to AWS").last.click(timeout=PATIENCE_MS)
    console = opened.value
    expect(console.get_by_role("heading", name="You would now be in the AWS console")).to_be_visible()
    for fact in ("123456789012", "daypass-broker", re.compile("^daypass-[a-z0-9]{12}$"), re.compile("UTC, in 4 min$")):
        expect(console.locator("dd").filter(has_text=fact)).to_be_visible()
    expect(console.locator("dd").last).to_contain_text("/s3/buckets/acme-reports?region=us-east-1&prefix=2026%2F")
    assert console.evaluate("document.documentElement.scrollWidth <= innerWidth")
    console.screenshot(path="out/console.png")
    console.goto(console.url.replace("SigninToken=", "SigninToken=x"))
    expect(console.get_by_role("heading", name="This sign-in address is not valid")).to_be_visible()


def test_a_passkey_is_added_in_the_demo(chromium: Browser, company: Firm):
    """The demo is reached by a name, at which a browser keeps passkeys."""
    company.logs_in("U0BOB")
    added = company.runs("U0BOB", "passkey", "add")
    address = re.search(r"http://localhost:\S+", added.said)
    assert address, added.said
    with a_device(chromium) as device:
        device.page.goto(address[0])
        device.page.get_by_label(re.compile("Name")).fill("laptop")
        device.page.get_by_role("button", name="Add a passkey").click()
        expect(device.page.get_by_role("heading", name="Your passkey is added")).to_be_visible(timeout=PATIENCE_MS)
        assert device.holds() == 1
    assert "laptop" in company.runs("U0BOB", "passkey", "ls").out


@pytest.mark.usefixtures("company")
def test_nothing_of_the_demo_listens_beyond_this_machine():
    """The embedded AWS, the local Slack, the page beside it, Daypass."""
    assert beyond_this_machine() == set()
