"""A device with an authenticator of its own: Chromium's virtual one, and the hand on it."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, CDPSession, Page


class Device:
    """A browser with a built-in authenticator, and the hand on it."""

    def __init__(self, page: Page) -> None:
        """Plug the authenticator in."""
        self.page = page
        self._devtools: CDPSession = page.context.new_cdp_session(page)
        self._devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self._id = self._devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def recognises(self, *, its_person: bool) -> None:
        """Whether it finds the finger to be its person's."""
        self._devtools.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": its_person})

    def holds(self) -> int:
        """How many passkeys are on it."""
        found = self._devtools.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        return len(found["credentials"])


@contextmanager
def a_device(chromium: Browser) -> Iterator[Device]:
    """A browser of its own; what its pages complain about fails the test."""
    context = chromium.new_context(viewport={"width": 900, "height": 760})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
    yield Device(page)
    context.close()
    assert complaints == []
