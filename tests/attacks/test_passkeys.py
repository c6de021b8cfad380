"""An attack on the first passkey: several at the same moment, none proved by another."""

from concurrent.futures import ThreadPoolExecutor

from tests.attacks.passkeys import enrol, page_for_a_new_one
from tests.attacks.site import BOB, Site
from tests.servers.process import free_port


def test_a09_of_first_passkeys_at_the_same_moment_one_stands(make_site):
    """Four enrolments, each of a first passkey, are sent at once: one is taken."""
    port = free_port()
    site: Site = make_site(port=port, settings={"DAYPASS_SERVICE_PUBLIC_URL": f"http://localhost:{port}"})
    pages = [page_for_a_new_one(site, BOB) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda asked: enrol(site, asked), pages))
    stand = site.call(BOB, "/v1/passkeys").json()["passkeys"]

    assert len(stand) == 1, f"{len(stand)} first passkeys stand, none proved by another: {answers}"
