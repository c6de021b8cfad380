"""The journal, carried out over HTTP."""

import io
from base64 import b64decode

from daypass.journal.encoding import encode
from daypass.journal.key import PublicKey
from daypass.journal.tlog_proof import check_tlog_proof
from daypass.journal.verdict import Verified
from daypass.journal.verify import verify
from daypass.journal.verify_proof import verify_proof
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

    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")


def test_proofs_are_for_everybody_who_is_logged_in_and_entries_are_not(house: House, bob, eve):
    """Eve is given hashes, Bob the entry too: who asked index after index would have read the whole journal."""
    house.book.fold()
    hers, his = (one.get("/v1/journal/inclusion/0").json() for one in (eve, bob))

    assert hers["hashes"] == his["hashes"] != []
    assert (hers["entry"], "extra" in hers["proof"]) == (None, False)
    assert b64decode(his["proof"].split("\n")[1].removeprefix("extra ")).decode() == his["entry"]


def test_every_entry_is_proven_by_what_is_handed_out(house: House, ann, bob):
    """The text is a C2SP tlog-proof, and the parts beside it say the same."""
    ann.post("/v1/requests", json={"text": "s3 read acme-reports/ --reason INC-42"})
    house.book.fold()
    key = PublicKey.parse(bob.get("/v1/journal/key").json()["public_key"])
    exported = [line for line in bob.get("/v1/journal/export").text.splitlines() if line.startswith('{"entry"')]
    answers = [bob.get(f"/v1/journal/inclusion/{index}").json() for index in range(len(exported))]

    assert len(exported) > 2
    assert [one["entry"] for one in answers] == exported
    assert [check_tlog_proof(one["proof"], key).line.decode() for one in answers] == exported
    assert all(encode(bytes.fromhex(part)) in one["proof"] for one in answers for part in one["hashes"])
    assert all(one["proof"].endswith("\n\n" + one["checkpoint"]) for one in answers)


def test_growth_is_handed_out_with_both_checkpoints(house: House, ann, eve):
    """From the one that was seen to the newest, which need not be said."""
    house.book.fold()
    seen = eve.get("/v1/journal/checkpoint").json()
    ann.post("/v1/requests", json={"text": "s3 read acme-reports/ --reason INC-42"})
    house.book.fold()
    newest = eve.get("/v1/journal/checkpoint").json()

    grown = eve.get("/v1/journal/consistency", params={"first": seen["size"]}).json()
    key = PublicKey.parse(eve.get("/v1/journal/key").json()["public_key"])

    assert (grown["first"], grown["second"]) == (seen["size"], newest["size"])
    assert (grown["first_checkpoint"], grown["checkpoint"]) == (seen["checkpoint"], newest["checkpoint"])
    assert verify_proof(grown["proof"], key, against=[seen["checkpoint"]]).checkpoint.size == newest["size"]
    assert grown["hashes"]


def test_a_proof_of_what_is_not_there_is_not_found(house: House, eve):
    """Beyond the end of the tree, and a number too large for any tree."""
    house.book.fold()

    assert eve.get("/v1/journal/inclusion/100000").status_code == 404
    assert eve.get(f"/v1/journal/inclusion/{10**30}").status_code == 422
    assert eve.get("/v1/journal/consistency", params={"first": 0, "second": 100000}).status_code == 404
    assert eve.get("/v1/journal/consistency", params={"first": 100000}).status_code == 404
    assert eve.get("/v1/journal/consistency", params={"first": 0, "second": 10**30}).status_code == 422


def test_before_the_first_checkpoint_there_is_nothing_to_prove(house: House, eve):
    """An empty checkpoint of size 0, and two sentences."""
    assert eve.get("/v1/journal/checkpoint").json() == {"checkpoint": "", "size": 0}
    assert "it has 0" in eve.get("/v1/journal/inclusion/0").json()["detail"]
    assert "no checkpoint yet" in eve.get("/v1/journal/consistency?first=0").json()["detail"]
