"""The browser that these tests use when they run by themselves: the Chromium of this machine, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE_MS = 20_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Yield a headless Chromium, for one module: while Playwright runs, no other test could start a loop of its own."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        raise FileNotFoundError("These tests need Chromium: install it, or set CHROMIUM to the path of one.")
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        # No sandbox, which needs root or a setting of the kernel: the only pages that it sees are our own.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
