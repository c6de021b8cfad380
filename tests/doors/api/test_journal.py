"""The journal, carried out over HTTP."""

import io

from daypass.journal.key import PublicKey
from daypass.journal.verdict import Verified
from daypass.journal.verify import verify
from tests.doors.house import House


def test_an_export_verifies_with_the_published_key(house: House, ann, bob):
    """What Bob carries out is checked without the service."""
    ann.post("/v1/requests", json={"text": "s3 read acme-reports/ --reason INC-42"})
    house.book.fold()
    key = PublicKey.parse(bob.get("/v1/journal/key").json()["public_key"])

    verdict = verify(io.BytesIO(bob.get("/v1/journal/export").content), key)

    assert isinstance(verdict, Verified)
    assert verdict.size == bob.get("/v1/journal/checkpoint").json()["size"] > 0


def test_the_whole_journal_is_for_those_who_may_decide(eve):
    """Eve decides on nothing."""
    answer = eve.get("/v1/journal/export")

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_yours")


def test_proofs_are_for_everybody_who_is_logged_in(house: House, eve):
    """They are hashes; the one of the first entry of several is not empty."""
    house.book.fold()

    assert eve.get("/v1/journal/inclusion/0").json()["hashes"]
    assert eve.get("/v1/journal/consistency", params={"first": 1, "second": 2}).json()["hashes"]


def test_a_proof_of_what_is_not_there_is_not_found(house: House, eve):
    """Beyond the end of the tree, and a number too large for any tree."""
    house.book.fold()

    assert eve.get("/v1/journal/inclusion/100000").status_code == 404
    assert eve.get(f"/v1/journal/inclusion/{10**30}").status_code == 422
