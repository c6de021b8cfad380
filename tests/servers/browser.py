"""
A headless Chromium for the pages, driven by Playwright: Debian's own, installed or unpacked by set-up.

The flags keep it from calling home: the tests speak with 127.0.0.1 alone. The sandbox is off because it needs
either root or a kernel setting, and because the only pages it sees are our own.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.servers.process import SERVERS, needed

_INSTALLED = Path("/usr/bin/chromium")
_UNPACKED = SERVERS / "chromium"
_PATIENCE_MS = 20_000
"""How long a page may take on a busy machine to show what is expected of it."""
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium_browser() -> Iterator[Browser]:
    """Start Chromium, and end it after the block."""
    expect.set_options(timeout=_PATIENCE_MS)
    with _driver() as playwright:
        program, environment = _program()
        browser = playwright.chromium.launch(executable_path=program, args=_QUIET, env=environment)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def _driver() -> Iterator[Playwright]:
    """Start Playwright's driver, which takes its environment from ours and needs a library that a bare Debian lacks."""
    before = os.environ.get("LD_LIBRARY_PATH")
    os.environ["LD_LIBRARY_PATH"] = str(_libraries(SERVERS / "atomic"))
    try:
        starting = sync_playwright()
        playwright = starting.start()
    finally:
        del os.environ["LD_LIBRARY_PATH"]
        if before is not None:
            os.environ["LD_LIBRARY_PATH"] = before
    try:
        yield playwright
    finally:
        playwright.stop()


def _program() -> tuple[Path, dict[str, str | float | bool]]:
    """Return Chromium's path and the environment that it needs."""
    if _INSTALLED.exists():
        return _INSTALLED, {**os.environ}
    libraries = _libraries(_UNPACKED)
    environment = {
        "LD_LIBRARY_PATH": f"{libraries}:{libraries / 'pulseaudio'}:{_UNPACKED / 'lib' / libraries.name}",
        "FONTCONFIG_FILE": str(_UNPACKED / "fonts.conf"),
    }
    return _UNPACKED / "usr/lib/chromium/chromium", {**os.environ, **environment}


def _libraries(unpacked: Path) -> Path:
    return next(needed(unpacked).glob("usr/lib/*-linux-gnu"))
