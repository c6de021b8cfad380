"""Credentials, URLs, forms and manifests: what they can do, and when they stop."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from daypass.aws.clients import AwsCredentials as AwsKeys
from daypass.aws.presign import Presigner
from daypass.deliveries.handout import Addresses, Vending
from daypass.model.errors import BadInput, Misconfigured, TooLate
from daypass.model.grant import Delivery, Grant
from daypass.ports import PostForm
from daypass.resources.s3_statements import Level
from tests.deliveries.cut import Fuse, Killed
from tests.deliveries.world import BESIDE, INSIDE, World, ending, fetched, posted, reads

MINUTE = timedelta(minutes=1)


def active(world: World, delivery: Delivery = Delivery.LINK, *levels: Level, **more: object) -> Grant:
    """A grant that is live now."""
    return world.grant(delivery, *levels, **more).activated()  # type: ignore[arg-type] # passed on as they come


def test_a_presigned_get_reads_its_object_until_the_grant_ends(world: World):
    """The URL works inside the lease and is denied after it, long before its seven days."""
    grant = active(world, length=10 * MINUTE)
    signed = world.hands.vending.get(grant, INSIDE, world.now())
    inside = fetched(signed.url)
    with world.server.clock.ahead(11 * MINUTE):
        after = fetched(signed.url)

    assert (inside, after) == (b"figures", None)
    assert grant.lease is not None
    assert signed.expires_at <= grant.lease.ends


def test_a_url_lives_as_long_as_was_wished(world: World):
    """Sixty seconds, for a Daypass link: it says so, and the server keeps to it."""
    signed = world.hands.vending.get(active(world), INSIDE, now := world.now(), lives=MINUTE)
    with world.server.clock.ahead(2 * MINUTE):
        after = fetched(signed.url)

    assert (fetched(signed.url), after) == (b"figures", None)
    assert signed.expires_at == now + MINUTE


def test_ending_the_grant_kills_the_urls_it_signed(world: World):
    """The deny of the signing session reaches every URL at once, GET and PUT."""
    grant = active(world, Delivery.LINK, Level.READ, Level.WRITE)
    vending, now = world.hands.vending, world.now()
    get, put = vending.get(grant, INSIDE, now), vending.put(grant, f"{INSIDE}.new", now)
    before = [fetched(get.url), fetched(put.url, body=b"new")]
    world.hands.deliveries[Delivery.LINK].revoke(ending(grant, now), now)

    assert None not in before
    assert [fetched(get.url), fetched(put.url, body=b"new")] == [None, None]


def test_a_form_takes_files_of_its_size_under_its_prefix_alone(ministack_world: World):
    """
    Too short, too long and beside the prefix are refused; the right size goes in, under its own name.

    A person's own keys sign here: MiniStack denies every form that a session signed, whatever the session may do.
    """
    world = ministack_world
    keys, aws = world.person()
    grant = world.grant(Delivery.POLICY, Level.WRITE, aws=aws)
    world.hands.deliveries[Delivery.POLICY].provision(grant)
    signs = AwsKeys(access_key_id=keys.access_key, secret_access_key=keys.secret_key)
    presigner = Presigner(clients=world.hands.clients, keys=signs, bucket=world.bucket, region="us-east-1")
    url, fields = presigner.post(grant.entitlement.resource, MINUTE, least=2, most=4)
    form, astray = (
        PostForm(url=url, fields=tuple({**fields, **more}.items()), expires_at=world.now())
        for more in ({}, {"key": "2025/x"})
    )

    assert posted(form, "right.txt", b"123") is not None
    assert [posted(form, "short", b"1"), posted(form, "long", b"12345"), posted(astray, "x", b"123")] == [None] * 3
    assert world.root.client("s3").get_object(Bucket=world.bucket, Key="2026/right.txt")["Body"].read() == b"123"


def test_a_form_dies_with_its_grant(ceph_world: World):
    """
    The deny of the signing session reaches the form, and so does the end of the lease.

    Ceph judges the session, which is what is looked at here, but answers 204 and stores nothing; and it wants the
    account before the bucket's name where nobody is signed in.
    """
    world = ceph_world
    short, ended = (active(world, Delivery.LINK, Level.WRITE, length=10 * MINUTE) for _ in range(2))
    forms = [on_ceph(world, world.hands.vending.post(grant, world.now(), least=2, most=4)) for grant in (short, ended)]
    before = [posted(form, "a.txt", b"123") for form in forms]
    world.hands.deliveries[Delivery.LINK].revoke(ending(ended, world.now()), world.now())
    after_deny = posted(forms[1], "a.txt", b"123")
    with world.server.clock.ahead(11 * MINUTE):
        after_end = posted(forms[0], "a.txt", b"123")

    assert None not in before
    assert (after_deny, after_end) == (None, None)


def on_ceph(world: World, form: PostForm) -> PostForm:
    """The form with an address that Ceph understands."""
    return replace(form, url=form.url.replace(world.bucket, f"{world.server.account}:{world.bucket}"))


@pytest.mark.parametrize(("least", "most"), [(-1, 5), (6, 5), (0, 6 * 1024**3)])
def test_a_form_for_impossible_sizes_is_refused(ministack_world: World, least: int, most: int):
    """Less than nothing, more than the most, more than S3 takes."""
    world = ministack_world
    with pytest.raises(BadInput, match="sizes"):
        world.hands.vending.post(active(world, Delivery.LINK, Level.WRITE), world.now(), least=least, most=most)


def test_a_manifest_has_every_object_of_the_grant_and_none_beside(world: World):
    """Each URL of the manifest reads its object, strange names included."""
    keys = ["many/a b", "many/deep//er", "many/ü+&=?#%25", "many/folder/"]
    for key in keys:
        world.root.client("s3").put_object(Bucket=world.bucket, Key=key, Body=key.encode())
    grant = active(world, key="many/")
    signed = list(world.hands.vending.manifest(grant, world.now()))

    assert sorted(one.key for one in signed) == sorted(keys)
    assert [fetched(one.url) for one in signed] == [one.key.encode() for one in signed]


def test_a_manifest_of_one_object_is_one_url(world: World):
    """A grant of one object may not list, and needs not."""
    [signed] = world.hands.vending.manifest(active(world, key=INSIDE), world.now())

    assert (signed.key, fetched(signed.url)) == (INSIDE, b"figures")


@pytest.mark.parametrize(
    ("levels", "method", "field"),
    [({Level.READ}, "put", "level"), ({Level.WRITE}, "get", "level"), ({Level.READ}, "get", "resource")],
)
def test_a_link_beyond_the_grant_is_refused_with_a_sentence(
    ministack_world: World, levels: set[Level], method: str, field: str
):
    """Another level or a key beside the place: refused here, before AWS would."""
    world = ministack_world
    grant = active(world, Delivery.LINK, *levels)
    key = BESIDE if field == "resource" else INSIDE
    with pytest.raises(BadInput) as refused:
        getattr(world.hands.vending, method)(grant, key, world.now())

    assert refused.value.field == field


def test_links_signed_within_minutes_share_a_session(ministack_world: World):
    """The second click costs AWS nothing, one six minutes later does; once the grant has ended there is none."""
    world = ministack_world
    hands = world.make_hands()
    grant = active(world)
    hands.vending.get(grant, INSIDE, world.now(), lives=MINUTE)
    fuse = Fuse(hands.clients, 1)
    hands.vending.get(grant, INSIDE, world.now(), lives=MINUTE)

    assert not fuse.burnt
    with pytest.raises(Killed):
        hands.vending.get(grant, INSIDE, world.now() + 6 * MINUTE, lives=MINUTE)
    with pytest.raises(TooLate):
        hands.vending.get(ending(grant, world.now()), INSIDE, world.now(), lives=MINUTE)


def test_credentials_say_their_true_end(world: World):
    """The sooner of the session's end and the grant's."""
    short, long = (active(world, Delivery.SESSION, length=length) for length in (5 * MINUTE, 600 * MINUTE))
    now = world.now()
    ends = [world.hands.vending.credentials(grant, now).expires_at for grant in (short, long)]

    assert short.lease is not None
    assert ends[0] == short.lease.ends
    assert abs(ends[1] - now - 60 * MINUTE) < MINUTE


def test_credentials_work_and_are_renewed_while_the_grant_lives(world: World):
    """Every session reads; a grant that is not active, or is delivered otherwise, gives none."""
    grant = active(world, Delivery.SESSION)
    both = [world.vended(world.hands.vending.credentials(grant, world.now())) for _ in range(2)]

    assert [reads(keys, world.bucket, INSIDE) for keys in both] == [True, True]
    with pytest.raises(TooLate):
        world.hands.vending.credentials(ending(grant, world.now()), world.now())
    with pytest.raises(BadInput):
        world.hands.vending.credentials(active(world, Delivery.LINK), world.now())


class SignIn(BaseHTTPRequestHandler):
    """AWS's federation endpoint, as far as it is documented: credentials in, a token out."""

    def do_POST(self) -> None:
        """Answer getSigninToken for credentials that are complete."""
        asked = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        session = json.loads(asked["Session"][0])
        good = asked["Action"] == ["getSigninToken"] and set(session) == {"sessionId", "sessionKey", "sessionToken"}
        self.send_response(200 if good and "SessionDuration" not in asked else 400)
        self.end_headers()
        self.wfile.write(json.dumps({"SigninToken": "token-of-" + session["sessionId"]}).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name for it
        """Say nothing."""


@pytest.fixture
def sign_in() -> Iterator[str]:
    """Yield the address of a federation endpoint."""
    server = HTTPServer(("127.0.0.1", 0), SignIn)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/federation"
    server.shutdown()
    server.server_close()


def with_sign_in(world: World, endpoint: str) -> Vending:
    """The vending with another federation endpoint."""
    hands = world.hands
    signing = hands.vending._signing
    return Vending(
        broker=hands.broker,
        signing=signing,
        addresses=Addresses(issuer="https://d.example", sign_in=endpoint, console="https://console.example/"),
    )


def test_the_console_address_carries_the_token_and_the_place(ministack_world: World, sign_in: str):
    """The sign-in address leads to the bucket and prefix of the grant; the session's keys are not in it."""
    world = ministack_world
    address = with_sign_in(world, sign_in).console(active(world, Delivery.SESSION), world.now())
    asked = parse_qs(urlsplit(address).query)

    assert asked["Action"] == ["login"]
    assert asked["SigninToken"][0].startswith("token-of-ASIA")
    page = f"https://console.example/s3/buckets/{world.bucket}?region=us-east-1&prefix=2026%2F"
    assert asked["Destination"] == [page]


def test_a_console_endpoint_that_refuses_is_a_sentence(ministack_world: World):
    """Not a traceback, and not the credentials in the text."""
    world = ministack_world
    with pytest.raises(Misconfigured, match="not an http address"):
        with_sign_in(world, "file:///etc/passwd").console(active(world, Delivery.SESSION), world.now())
