"""The demo's company in a browser, and what a person does on its pages: nothing else is touched."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, FrameLocator, Locator, Page, expect

from daypass.demo.company import Company

PATIENCE_MS = 40_000
OUT = Path("out")
DESK = (1440, 900)
_TRIES = 5


@contextmanager
def window(chromium: Browser, company: Company, size: tuple[int, int] = DESK) -> Iterator[Page]:
    """A window on the company's Slack; what the page complains about fails the test."""
    page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(company.slack.url)
    yield page
    page.close()
    assert complaints == []


def become(page: Page, name: str) -> None:
    """Pick a person at the top left."""
    _unfold(page)
    page.get_by_role("link", name=re.compile(name)).first.click()
    expect(page.locator("a.person[aria-current=true]", has_text=name)).to_be_attached()


def enter(page: Page, place: str) -> None:
    """Go to a channel, the app's messages or its Home."""
    _unfold(page)
    page.locator(".sidebar a", has_text=re.compile(rf"^\s*{place}")).last.click()


def _unfold(page: Page) -> None:
    """Show people and channels, which are folded away on a narrow screen."""
    fold = page.get_by_role("button", name="People and channels", expanded=False)
    if fold.is_visible():
        fold.click()


def type_line(page: Page, line: str) -> None:
    """Type into the composer and press Enter."""
    page.get_by_label("Message", exact=True).fill(line)
    page.keyboard.press("Enter")


def aws_says(page: Page) -> FrameLocator:
    """The page beside it, which asks AWS."""
    return page.frame_locator("iframe")


def picture(page: Page, name: str) -> None:
    """Keep what is on the screen, once the page beside it has asked AWS."""
    expect(aws_says(page).locator("tr").first).to_be_visible(timeout=PATIENCE_MS)
    _keep(page, name)


def detail(part: Locator, name: str) -> None:
    """Keep one part of what is on the screen: a message, a form, a page."""
    for _ in range(_TRIES):
        expect(part).to_be_visible()
        try:
            _keep(part, name)
        except Error:  # it was drawn anew in that very moment
            continue
        return
    _keep(part, name)


def _keep(shown: Page | Locator, name: str) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    shown.screenshot(path=OUT / f"{name}.png")
