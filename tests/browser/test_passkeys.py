"""Passkeys in a real browser, whose authenticator is Chromium's own virtual one: nothing but the pages is touched."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from daypass.lifecycle.approval.stages import Click
from daypass.lifecycle.passkeys import one_time_links, registered
from daypass.lifecycle.submit import submit
from daypass.model.grant import Delivery, GrantId
from daypass.model.lease import Term
from daypass.model.request import Ask, RequestState, Wish
from daypass.rules.load.read import parse
from tests.browser.device import Device, a_device
from tests.doors.house import RULES, House, open_house
from tests.makers import ANN, BOB, HOUR, READ_REPORTS

OUT = Path("out")
NARROW = {"width": 320, "height": 640}


@pytest.fixture
def device(chromium: Browser) -> Iterator[Device]:
    """Bob's laptop."""
    with a_device(chromium) as made:
        yield made


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house whose rule for reports takes a passkey, reached by a name; its directory calls people by their names."""
    with _beside(open_house(tmp_path)) as opened:
        text = RULES.replace("    approve: {anyone_of", "    second_factor: required\n    approve: {anyone_of")
        strict = parse(text, name="rules.yaml")
        opened.under(lambda: strict)
        object.__setattr__(opened.services, "public_url", opened.url.replace("127.0.0.1", "localhost"))
        opened.directory.change(ANN, name="Ann Archer")
        opened.directory.change(BOB, name="Bob Baker")
        yield opened


@contextmanager
def _beside(house: AbstractContextManager[House]) -> Iterator[House]:
    """Open and close it in a thread of its own: while Playwright runs, this one has an event loop already."""
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(house.__enter__).result()
        thread.submit(house.__exit__, None, None, None).result()


def picture(page: Page, name: str) -> None:
    """Keep what is on the screen, whole."""
    OUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUT / f"{name}.png", full_page=True)


def fits(page: Page) -> bool:
    """Whether nothing is cut off at the side."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return wide


def enrolment(house: House) -> str:
    """Bob pressed the button for a new passkey."""
    return one_time_links.enrolment_address(
        BOB, public_url=house.services.public_url, ledger=house.services.ledger, now=house.clock()
    )


def requested(house: House) -> GrantId:
    """Ann asks for the reports, for two hours."""
    ask = Ask(
        requestor=ANN,
        wish=Wish(
            entitlement=READ_REPORTS,
            term=Term(length=2 * HOUR),
            delivery=Delivery.POLICY,
            reason="INC-42: the quarter's numbers do not add up",
        ),
    )
    services = house.services
    filed = submit(ask, judge=services.judge, now=house.clock())
    return filed.id


def approval(house: House, request_id: GrantId) -> str:
    """Bob pressed Approve, for half an hour."""
    return one_time_links.approval_address(
        request_id,
        Click(by=BOB, length=timedelta(minutes=30)),
        public_url=house.services.public_url,
        ledger=house.services.ledger,
        now=house.clock(),
    )


def add_first(house: House, device: Device, name: str = "laptop") -> None:
    """Add Bob's first passkey."""
    page = device.page
    page.goto(enrolment(house))
    page.get_by_label("Name of the new passkey").fill(name)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Your passkey is added")).to_be_focused()


def test_a_passkey_is_added_and_approves(house: House, device: Device):
    """Bob adds one, sees in words what he approves, and signs for it; Ann has a grant."""
    page = device.page
    page.goto(enrolment(house))
    expect(page.get_by_text("You are Bob Baker.")).to_be_visible()
    picture(page, "passkey-1-add")
    add_first(house, device)
    assert device.holds() == 1
    picture(page, "passkey-2-added")

    request_id = requested(house)
    page.goto(approval(house, request_id))
    for words in ("Ann Archer", "read everything under acme-reports/2026/", "30 minutes", "INC-42"):
        expect(page.locator("dl")).to_contain_text(words)
    picture(page, "passkey-3-approve")
    page.get_by_role("button", name="Approve with your passkey").click()
    expect(page.get_by_role("heading", name="Approved")).to_be_visible()
    picture(page, "passkey-4-approved")

    approved = house.services.ledger.request(request_id)
    assert approved.state is RequestState.APPROVED
    assert approved.approval is not None
    assert approved.approval.second_factor
    page.go_back()
    page.reload()
    expect(page.get_by_text("used already")).to_be_visible()


def test_a_device_that_does_not_know_the_finger_approves_nothing(house: House, device: Device):
    """The page says so, stays, and takes the right finger then."""
    add_first(house, device)
    request_id = requested(house)
    page = device.page
    page.goto(approval(house, request_id))
    device.recognises(its_person=False)
    page.get_by_role("button", name="Approve with your passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was confirmed")
    picture(page, "passkey-5-refused")
    assert house.services.ledger.request(request_id).state is RequestState.PENDING

    device.recognises(its_person=True)
    page.get_by_role("button", name="Approve with your passkey").click()
    expect(page.get_by_role("heading", name="Approved")).to_be_visible()


def test_a_thief_with_the_address_and_no_passkey_is_at_a_loss(house: House, device: Device, chromium: Browser):
    """On another device: neither does it approve, nor does it add a second passkey."""
    add_first(house, device)
    request_id = requested(house)
    with a_device(chromium) as other:
        other.page.goto(approval(house, request_id))
        other.page.get_by_role("button", name="Approve with your passkey").click()
        expect(other.page.get_by_role("alert")).to_contain_text("Nothing was confirmed")
        other.page.goto(enrolment(house))
        other.page.get_by_label("Name of the new passkey").fill("stolen")
        other.page.get_by_role("button", name="Confirm with your passkey").click()
        expect(other.page.get_by_role("alert")).to_contain_text("Nothing was confirmed")
        assert other.holds() == 0

    assert house.services.ledger.request(request_id).state is RequestState.PENDING
    assert [one.name for one in registered.of(BOB, ledger=house.services.ledger)] == ["laptop"]


def test_one_device_gets_one_passkey(house: House, device: Device):
    """Asked for a second, it proves with the first and says that it is here already."""
    add_first(house, device)
    page = device.page
    page.goto(enrolment(house))
    page.get_by_label("Name of the new passkey").fill("again")
    page.get_by_role("button", name="Confirm with your passkey").click()
    page.get_by_role("button", name="Add a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("holds a passkey of yours")
    picture(page, "passkey-6-second")


def test_a_passkey_is_removed_on_its_page(house: House, device: Device):
    """With itself as the proof."""
    add_first(house, device)
    services, page = house.services, device.page
    page.goto(
        one_time_links.removal_address(
            BOB, "laptop", public_url=services.public_url, ledger=services.ledger, now=house.clock()
        )
    )
    picture(page, "passkey-7-remove")
    page.get_by_role("button", name="Remove it").click()

    expect(page.get_by_role("heading", name="The passkey is removed")).to_be_visible()
    assert registered.of(BOB, ledger=services.ledger) == []


def test_the_pages_are_readable_on_a_small_telephone(house: House, device: Device):
    """320 pixels wide, in the dark; nothing is cut off, and the button is in reach of the keyboard."""
    add_first(house, device)
    page = device.page
    page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
    page.emulate_media(color_scheme="dark")
    for name, address in (("add", enrolment(house)), ("approve", approval(house, requested(house)))):
        page.goto(address)
        assert fits(page)
        page.keyboard.press("Tab")
        picture(page, f"passkey-320-{name}")
    expect(page.get_by_role("button", name="Approve with your passkey")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Approved")).to_be_visible()


def test_without_a_script_the_page_says_what_it_needs(house: House, chromium: Browser):
    """Nothing happens in silence."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(enrolment(house))

    expect(page.get_by_text("This page needs JavaScript")).to_be_visible()
    expect(page.get_by_role("button")).to_be_disabled()
    context.close()
