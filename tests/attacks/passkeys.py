"""A browser with passkeys, before the pages of a service whose address is `http://localhost:PORT`."""

import html
import json
import re
from typing import Any

import httpx2

from tests.attacks.site import Site
from tests.lifecycle.authenticator import HandKey


def path_of(site: Site, url: str) -> str:
    """What of an address is asked of the service, which the tests reach by number."""
    return url.partition(f":{site.port}")[2]


def asked_by(page: httpx2.Response) -> dict[str, Any]:
    """What a page asks the browser to make or to prove."""
    found = re.search(r'data-asked="([^"]*)"', page.text)
    assert found, page.text[:500]
    asked: dict[str, Any] = json.loads(html.unescape(found[1]))
    return asked


def page_for_a_new_one(site: Site, who: str) -> dict[str, Any]:
    """Somebody opens the page on which they add a passkey; what it asks."""
    address = site.call(who, "/v1/passkeys/new", {}).json()["url"]
    return asked_by(site.http.get(path_of(site, address)))


def enrol(site: Site, asked: dict[str, Any]) -> int:
    """Add the passkey of a fresh device; how it was answered."""
    key = HandKey(origin=f"http://localhost:{site.port}", id=asked["ticket"].encode()[:32])
    answer = {"ticket": asked["ticket"], "made": key.make(asked["make"]), "name": "laptop"}
    return int(site.http.post(asked["to"], json=answer).status_code)
