"""What a live grant hands out over HTTP."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from daypass.model.errors import Unavailable
from daypass.ports import SignedUrl
from tests.doors.house import House
from tests.hands import HandVendor


@pytest.fixture
def granted(house: House, ann):
    """Make Ann an active grant, delivered as the test says."""

    def made(delivery: str = "session") -> str:
        asked = ann.post(
            "/v1/requests", json={"level": "read,write", "resource": "acme-drafts/", "for": "1h", "delivery": delivery}
        )
        house.work()
        return str(asked.json()["id"])

    return made


def test_credentials_come_in_the_form_that_credential_process_reads(ann, granted):
    """The five keys of the SDKs' reference, the date aware."""
    answer = ann.post(f"/v1/grants/{granted()}/credentials").json()

    for_process = {"Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    assert set(answer) == for_process | {"Renewable", "Region"}
    assert (answer["Version"], answer["Expiration"]) == (1, "2026-11-23T13:00:00Z")


def test_nothing_is_handed_to_somebody_else(bob, granted):
    """Bob has nothing to do with it: for him there is no such grant."""
    assert bob.post(f"/v1/grants/{granted()}/credentials").status_code == 404


def test_nothing_is_handed_out_after_the_end(house: House, ann, granted):
    """410, and the reason."""
    grant = granted()
    house.clock.forward(timedelta(hours=1))
    answer = ann.post(f"/v1/grants/{grant}/credentials")

    assert (answer.status_code, answer.json()["code"]) == (410, "too_late")


def test_the_console_address_is_made_at_the_call(ann, granted):
    """It is good for a quarter of an hour."""
    answer = ann.post(f"/v1/grants/{granted()}/console").json()

    assert answer["url"].startswith("https://console.invalid/")
    assert answer["expires_at"] == "2026-11-23T12:15:00Z"


def test_a_daypass_link_is_an_address_of_this_service(house: House, ann, granted):
    """Whoever has it opens it here."""
    answer = ann.post(f"/v1/grants/{granted('link')}/link", json={"key": "plan.txt"})

    assert answer.status_code == 201
    assert answer.json()["url"].startswith(f"{house.url}/l/")


@pytest.mark.parametrize("kind", ["get", "put"])
def test_a_url_can_be_made_to_live_shorter(ann, granted, kind):
    """Ten minutes, as asked."""
    answer = ann.post(f"/v1/grants/{granted('link')}/{kind}-url", json={"key": "plan.txt", "lives": "10m"}).json()

    assert answer["url"].endswith(f"plan.txt?{kind}")
    assert answer["expires_at"] == "2026-11-23T12:10:00Z"


def test_a_link_outside_the_grant_is_refused(ann, granted):
    """The sentence names the field."""
    answer = ann.post(f"/v1/grants/{granted('link')}/get-url", json={"key": ""})

    assert (answer.status_code, answer.json()["field"]) == (422, "resource")


def test_a_form_to_upload_with_carries_every_field(ann, granted):
    """The fields are a mapping, in the order in which they are to be sent."""
    answer = ann.post(f"/v1/grants/{granted('link')}/post-form", json={"most": 1000}).json()

    assert answer["url"] == "https://s3.invalid/"
    assert "key" in answer["fields"]


def test_a_manifest_is_one_json_object_a_line(ann, granted, monkeypatch):
    """Ten thousand links arrive whole and in order, in pieces of a size that is worth sending."""

    def many(_self, _grant, now) -> Iterator[SignedUrl]:
        for number in range(10_000):
            yield SignedUrl(key=f"{number}.csv", url=f"https://s3.invalid/{number}.csv?get", expires_at=now)

    monkeypatch.setattr(HandVendor, "manifest", many)
    answer = ann.post(f"/v1/grants/{granted('link')}/manifest")

    assert [json.loads(line)["key"] for line in answer.text.splitlines()] == [f"{n}.csv" for n in range(10_000)]
    assert answer.headers["content-type"].startswith("application/x-ndjson")


def test_a_manifest_that_cannot_begin_is_a_refusal(ann, granted, monkeypatch):
    """AWS being away before the first line is a 503 with a sentence, not an empty file."""

    def away(_self, grant, now) -> Iterator[SignedUrl]:
        if grant.usable(now):
            raise Unavailable("AWS does not answer.")
        yield from ()

    monkeypatch.setattr(HandVendor, "manifest", away)
    answer = ann.post(f"/v1/grants/{granted('link')}/manifest")

    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (
        503,
        "unavailable",
        "5",
    )


def test_a_manifest_that_breaks_off_does_not_look_whole(ann, granted, monkeypatch):
    """The connection is broken, so that no client takes half a file for a whole one."""

    def half(_self, _grant, now) -> Iterator[SignedUrl]:
        for number in range(5_000):
            yield SignedUrl(key=f"{number}.csv", url="https://s3.invalid/", expires_at=now)
        raise Unavailable("AWS does not answer.")

    monkeypatch.setattr(HandVendor, "manifest", half)

    with pytest.raises(Exception, match=r"."):
        _ = ann.post(f"/v1/grants/{granted('link')}/manifest").text
