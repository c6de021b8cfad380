"""The head of the journal in an object of a bucket that keeps old versions, on a real server."""

import io
from collections.abc import Iterator
from uuid import uuid4

import pytest

from daypass.aws.clients import AwsCredentials, Clients
from daypass.aws.head_object import HeadObject
from daypass.journal.verdict import Verified
from daypass.journal.verify import verify
from daypass.model.errors import AwsForbids, Conflict, Misconfigured, Unavailable
from daypass.store.database import Database
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from tests.attacks.proxy import UNAVAILABLE, Fault, Proxy
from tests.keys import SIGNER
from tests.servers.keys import REGION
from tests.servers.keys import Keys as Credential
from tests.servers.ministack import MiniStack
from tests.store.facts import a_grant, fact
from tests.tables import with_tables


class Time:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        """Read them."""
        return self.now


@pytest.fixture
def bucket(ministack: MiniStack) -> str:
    """Return a fresh bucket that keeps old versions."""
    name = f"heads-{uuid4().hex[:8]}"
    s3 = ministack.root().client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


@pytest.fixture
def proxy(ministack: MiniStack) -> Iterator[Proxy]:
    """Yield what stands before S3 and misbehaves when told to."""
    with Proxy(ministack.endpoint) as before:
        yield before


@pytest.fixture
def seconds() -> Time:
    """Return the seconds by which a place waits."""
    return Time()


@pytest.fixture
def place(ministack: MiniStack, proxy: Proxy, bucket: str, seconds: Time) -> HeadObject:
    """Return a place that nothing is in yet."""
    return head_in(bucket, proxy.url, ministack.root(), seconds)


def head_in(bucket: str, endpoint: str, who: Credential, seconds: Time) -> HeadObject:
    """Another process's view of the same object."""
    keys = AwsCredentials(access_key_id=who.access_key, secret_access_key=who.secret_key)
    clients = Clients(region=REGION, endpoint=endpoint, keys=keys, tries=1)
    return HeadObject(clients=clients, bucket=bucket, key="daypass/journal.head", monotonic=seconds)


def test_a_head_is_read_as_it_was_written_and_older_ones_are_kept(
    ministack: MiniStack, place: HeadObject, bucket: str, seconds: Time
):
    """Nothing is nothing; each write is a version of the object."""
    assert place.read() is None
    place.replace(None, "one ü\n")
    place.replace("one ü\n", "two\n")

    assert head_in(bucket, ministack.endpoint, ministack.root(), seconds).read() == "two\n"
    assert len(ministack.root().client("s3").list_object_versions(Bucket=bucket)["Versions"]) == 2
    place.must_keep_versions()


@pytest.mark.parametrize("first", [None, "one"], ids=["the first head", "a later one"])
def test_of_two_processes_that_write_neither_overwrites_the_other_unseen(
    ministack: MiniStack, place: HeadObject, bucket: str, seconds: Time, first: str | None
):
    """Who comes second is told, writes nothing, and goes on once it has read what stands there."""
    other = head_in(bucket, ministack.endpoint, ministack.root(), seconds)
    if first is not None:
        place.read()
        place.replace(None, first)
    assert (place.read(), other.read()) == (first, first)
    other.replace(first, "theirs")

    with pytest.raises(Conflict):
        place.replace(first, "ours")

    assert place.read() == "theirs"
    place.replace("theirs", "ours")
    assert other.read() == "ours"


def test_an_object_that_is_gone_is_not_written_anew(ministack: MiniStack, place: HeadObject, bucket: str):
    """It is read again first, and then it is said that no head is remembered."""
    place.read()
    place.replace(None, "one")
    ministack.root().client("s3").delete_object(Bucket=bucket, Key="daypass/journal.head")

    with pytest.raises(Conflict):
        place.replace("one", "two")
    assert place.read() is None


def test_what_the_operator_must_change_is_said(ministack: MiniStack, place: HeadObject, seconds: Time):
    """A bucket that is not there, one without versions, keys that may not read it."""
    root, plain = ministack.root(), f"plain-{uuid4().hex[:8]}"
    root.client("s3").create_bucket(Bucket=plain)
    for call in (HeadObject.read, HeadObject.must_keep_versions):
        with pytest.raises(Misconfigured, match=r"There is no bucket acme-nowhere\. See DAYPASS_JOURNAL_HEAD"):
            call(head_in("acme-nowhere", ministack.endpoint, root, seconds))
    with pytest.raises(Misconfigured, match="does not keep old versions"):
        head_in(plain, ministack.endpoint, root, seconds).must_keep_versions()
    nobody = ministack.create_user(f"nobody-{uuid4().hex[:6]}")
    with pytest.raises(AwsForbids, match="s3:GetObject"):
        head_in(plain, ministack.endpoint, nobody, seconds).read()


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """Yield a database with two entries that wait, and of which no process has forgotten the head."""
    opened = with_tables(sqlite_url)
    yield opened
    opened.close()


OUTAGES = {
    "refused": Fault(drop=True),
    "failing": UNAVAILABLE,
    "carried out, and the answer lost": Fault(cut=True),
}


@pytest.mark.parametrize("fault", OUTAGES.values(), ids=OUTAGES.keys())
@pytest.mark.parametrize("method", ["s3:GET", "s3:PUT"])
@pytest.mark.parametrize("at", [1, 2], ids=["pending", "confirmed"])
def test_while_s3_does_not_answer_nothing_is_signed_and_nothing_is_damaged(
    database: Database, place: HeadObject, proxy: Proxy, seconds: Time, fault: Fault, method: str, at: int
):
    """At whichever write of a fold it begins; when it is over, what waited is signed, each entry once."""
    book = SqlBook(database, place)
    book.fold()
    SqlLedger(database).record(fact(a_grant(), number=0), fact(a_grant(), number=1))
    proxy.calls.clear()

    def failing_from_the_nth_write(_: object) -> Fault | None:
        writes = sum(call.action == "s3:PUT" for call in proxy.calls)
        return fault if (writes >= at if method == "s3:PUT" else proxy.calls[-1].action == "s3:GET") else None

    proxy.fault = failing_from_the_nth_write
    if method == "s3:GET":
        book = SqlBook(database, place)  # a process that has just started
    for _ in range(3):
        with pytest.raises(Unavailable):
            book.fold()
        seconds.now += 60
    signed = book.checkpoint().size
    assert signed == (2 if (method, at) == ("s3:PUT", 2) else 0)
    assert database.damage.found == ()

    proxy.fault = lambda _: None
    while book.waiting():
        book.fold()
    SqlLedger(database).record(fact(a_grant(), number=2))
    while book.waiting():
        book.fold()

    assert database.damage.found == ()
    exported = list(book.export())
    assert sum(b'"entry"' in line for line in exported) == 3
    assert isinstance(verify(io.BytesIO(b"".join(exported)), SIGNER.public), Verified)


def test_no_lock_is_held_for_an_s3_that_does_not_answer(
    database: Database, place: HeadObject, proxy: Proxy, seconds: Time
):
    """After the first failure the object is read before anything is locked, so that whoever writes goes on."""
    book = SqlBook(database, place)
    book.fold()
    SqlLedger(database).record(fact(a_grant(), number=0))
    proxy.fault = lambda _: Fault(drop=True)
    proxy.calls.clear()
    for _ in range(3):
        with pytest.raises(Unavailable):
            book.fold()
        seconds.now += 60

    assert [call.action for call in proxy.calls] == ["s3:PUT", "s3:GET", "s3:GET"]


def test_after_a_failure_nothing_is_sent_for_some_seconds(place: HeadObject, proxy: Proxy, seconds: Time):
    """Each try may take seconds, during which a database with one writer would wait."""
    proxy.fault = lambda _: Fault(drop=True)
    for _ in range(5):
        with pytest.raises(Unavailable):
            place.read()
    assert len(proxy.calls) == 1

    proxy.fault = lambda _: None
    seconds.now += 6
    assert place.read() is None
