"""An attack on the first passkey: several at the same moment, none proved by another."""

import html
import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.attacks.site import BOB, Site
from tests.lifecycle.authenticator import HandKey
from tests.servers.process import free_port


def test_a09_of_first_passkeys_at_the_same_moment_one_stands(make_site):
    """Four enrolments, each of a first passkey, are sent at once: one is taken."""
    port = free_port()
    site: Site = make_site(port=port, settings={"DAYPASS_SERVICE_PUBLIC_URL": f"http://localhost:{port}"})

    def page() -> dict[str, Any]:
        address = site.call(BOB, "/v1/passkeys/new", {}).json()["url"]
        found = re.search(r'data-asked="([^"]*)"', site.http.get(address.partition(f":{port}")[2]).text)
        assert found
        asked: dict[str, Any] = json.loads(html.unescape(found[1]))
        return asked

    def enrol(asked: dict[str, Any]) -> int:
        key = HandKey(origin=f"http://localhost:{port}", id=asked["ticket"].encode()[:32])
        answer = {"ticket": asked["ticket"], "made": key.make(asked["make"]), "name": "laptop"}
        return site.http.post(asked["to"], json=answer).status_code

    pages = [page() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(enrol, pages))
    stand = site.call(BOB, "/v1/passkeys").json()["passkeys"]

    assert len(stand) == 1, f"{len(stand)} first passkeys stand, none proved by another: {answers}"
