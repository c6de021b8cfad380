"""Tokens of workloads, proved against keys that an issuer publishes over real HTTP; and every forgery we know of."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from daypass.lifecycle.bots.exchange import Proof
from daypass.model.errors import BadInput, Misconfigured, NotYours, Unavailable
from daypass.workload_identity.issuer_document import read_json
from daypass.workload_identity.issuers import Issuers
from tests.makers import NOON
from tests.workload_identity.issuer import EC, OKP, OTHER_RSA, RSA, Issuer, forged

HOUR_S = 3600


class Watch:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        """Begin somewhere."""
        self.now = 1_000.0

    def __call__(self) -> float:
        """Read it."""
        return self.now


def prove(issuer: Issuer, token: str, *, at: datetime = NOON) -> Proof:
    """Prove a token with nothing known before."""
    return Issuers([issuer.url], clock=Watch()).prove(token, issuer=issuer.url, now=at)


def said(issuer: Issuer, name: str, value: object) -> str:
    """Have the issuer sign a token that says something else in one place."""
    return issuer.sign({**issuer.claims(), name: value} if value is not None else without(issuer, name))


def without(issuer: Issuer, name: str) -> dict[str, Any]:
    """What a token says, but for one claim."""
    return {claim: value for claim, value in issuer.claims().items() if claim != name}


@pytest.mark.parametrize(("alg", "key"), [("RS256", RSA), ("ES256", EC), ("Ed25519", OKP)])
def test_what_an_issuer_signed_is_proved(issuer: Issuer, alg: str, key: Any):
    """With each kind of key that we take."""
    issuer.keys = {"one": key}
    proof = prove(issuer, issuer.sign(issuer.claims(), alg=alg, key=key))

    assert proof.audiences == {"daypass"}
    assert proof.claims["repository"] == "acme/deploy"
    assert proof.ends - proof.issued_at == timedelta(minutes=5)


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_the_old_name_of_ed25519_is_taken(issuer: Issuer):
    """Issuers still write EdDSA."""
    issuer.keys = {"one": OKP}
    token = issuer.sign(issuer.claims(), alg="EdDSA", key=OKP)

    assert prove(issuer, token).issuer == issuer.url


def test_several_audiences_are_all_read(issuer: Issuer):
    """A list is as good as one word."""
    assert prove(issuer, issuer.token(aud=["a", "daypass", 3])).audiences == {"a", "daypass"}


def test_an_unsigned_token_is_refused(issuer: Issuer):
    """`none`, in every spelling."""
    for alg in ("none", "None", "NONE", "nOnE"):
        with pytest.raises(NotYours):
            prove(issuer, forged(issuer.claims(), {"alg": alg, "kid": "one"}))


def test_a_public_key_is_no_secret(issuer: Issuer):
    """An HMAC with the published key for its secret is refused, in every form that the key has."""
    public = RSA.as_pem(private=False)
    for secret in (public, public.strip(), RSA.as_der(private=False), b""):
        with pytest.raises(NotYours):
            prove(issuer, forged(issuer.claims(), {"alg": "HS256", "kid": "one"}, secret))


def test_a_symmetric_key_is_not_taken(issuer: Issuer):
    """Not even from the issuer: whoever reads its keys could sign."""
    secret = OctKey.generate_key(256)
    issuer.extra = [{**secret.as_dict(), "kid": "shared"}]

    with pytest.raises(NotYours):
        prove(issuer, forged(issuer.claims(), {"alg": "HS256", "kid": "shared"}, secret.raw_value))


def test_another_key_of_the_same_name_is_refused(issuer: Issuer):
    """The name of a key is not the key."""
    with pytest.raises(NotYours):
        prove(issuer, issuer.sign(issuer.claims(), key=OTHER_RSA))


def test_a_key_that_is_not_published_is_refused(issuer: Issuer):
    """By a name that the issuer does not have."""
    with pytest.raises(NotYours):
        prove(issuer, issuer.sign(issuer.claims(), key=OTHER_RSA, kid="mine"))


def test_a_key_in_the_token_is_not_believed(issuer: Issuer):
    """Nor an address of one: a header is what the forger wrote."""
    own = OTHER_RSA.as_dict(private=False)
    for header in ({"jwk": own}, {"jku": "https://evil.example/keys"}):
        for kid in ("one", "mine", None):
            with pytest.raises(NotYours):
                prove(issuer, issuer.sign(issuer.claims(), key=OTHER_RSA, kid=kid, **header))


def test_an_algorithm_fits_its_key(issuer: Issuer):
    """A token that names another algorithm than its key is for is refused."""
    issuer.keys = {"one": EC, "two": RSA}
    for alg, kid in (("RS256", "one"), ("ES256", "two"), ("EdDSA", "two")):
        with pytest.raises(NotYours):
            prove(issuer, forged(issuer.claims(), {"alg": alg, "kid": kid}))


@pytest.mark.parametrize("alg", ["RS384", "RS512", "PS256", "ES384", "HS512", "", None, 3, ["RS256"]])
def test_an_algorithm_that_is_not_on_the_list_is_refused(issuer: Issuer, alg: Any):
    """The list is short."""
    with pytest.raises(NotYours):
        prove(issuer, forged(issuer.claims(), {"alg": alg, "kid": "one"}))


@pytest.mark.filterwarnings("ignore:Key size should be")
def test_a_weak_key_is_not_taken(issuer: Issuer):
    """1024 bits are factored by who wants to."""
    small = RSAKey.generate_key(1024, private=True)
    issuer.keys = {"one": small}

    with pytest.raises(NotYours):
        prove(issuer, issuer.sign(issuer.claims(), key=small))


def test_a_key_for_encryption_or_on_another_curve_is_not_taken(issuer: Issuer):
    """What it is for, and its curve, are part of a key."""
    curve = ECKey.generate_key("P-384", private=True)
    issuer.extra = [
        {**OTHER_RSA.as_dict(private=False), "kid": "enc", "use": "enc"},
        {**curve.as_dict(private=False), "kid": "curve"},
        {"kty": "RSA", "kid": "half"},
        {"kty": ["RSA"], "kid": "list"},
        {"kty": "RSA", "kid": "none", "n": "!", "e": "!"},
    ]
    for kid in ("enc", "curve", "half", "list", "none"):
        with pytest.raises(NotYours):
            prove(issuer, issuer.sign(issuer.claims(), key=OTHER_RSA, kid=kid))
    assert prove(issuer, issuer.token()).issuer == issuer.url


def test_a_changed_token_is_refused(issuer: Issuer):
    """Every part of it is under the signature."""
    head, _, signature = issuer.token().split(".")
    other = issuer.token(repository="acme/other").split(".")[1]

    with pytest.raises(NotYours):
        prove(issuer, f"{head}.{other}.{signature}")


def test_a_token_is_over_a_minute_after_its_end(issuer: Issuer):
    """Clocks may differ by so much and no more."""
    token = issuer.token()

    prove(issuer, token, at=NOON + timedelta(minutes=5, seconds=59))
    with pytest.raises(NotYours, match="is over"):
        prove(issuer, token, at=NOON + timedelta(minutes=6))


@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_a_token_from_the_future_is_refused(issuer: Issuer, name: str):
    """Clocks may differ by a minute and no more."""
    near, far = (int((NOON + timedelta(seconds=ahead)).timestamp()) for ahead in (60, 61))

    prove(issuer, said(issuer, name, near))
    with pytest.raises(NotYours, match="not good yet"):
        prove(issuer, said(issuer, name, far))


@pytest.mark.parametrize("name", ["iat", "exp"])
@pytest.mark.parametrize("moment", [None, "soon", True, [], 1e300, -1e300])
def test_a_token_says_when_it_begins_and_ends(issuer: Issuer, name: str, moment: object):
    """One that does not is no token to us."""
    with pytest.raises(NotYours):
        prove(issuer, said(issuer, name, moment))


def test_a_token_for_years_is_refused(issuer: Issuer):
    """What lives so long will leak."""
    with pytest.raises(NotYours, match="more than a day"):
        prove(issuer, issuer.token(exp=int((NOON + timedelta(days=2)).timestamp())))


def test_an_issuer_speaks_for_itself_alone(issuer: Issuer):
    """What one trusted issuer signs in the name of another is refused."""
    for name in ("https://other.example", f"{issuer.url}/", f"{issuer.url}.evil.example", None, [issuer.url]):
        with pytest.raises(NotYours):
            prove(issuer, issuer.token(iss=name))


def test_nobody_is_asked_for_the_keys_of_a_stranger(issuer: Issuer):
    """An issuer that the operator did not name is not even called."""
    with pytest.raises(NotYours):
        Issuers([], clock=Watch()).prove(issuer.token(), issuer=issuer.url, now=NOON)

    assert issuer.asked == []


def test_keys_are_read_once_an_hour(issuer: Issuer):
    """Not for each token."""
    watch = Watch()
    issuers = Issuers([issuer.url], clock=watch)
    for _ in range(5):
        issuers.prove(issuer.token(), issuer=issuer.url, now=NOON)
    assert issuer.asked == ["/.well-known/openid-configuration", "/keys"]

    watch.now += HOUR_S
    issuers.prove(issuer.token(), issuer=issuer.url, now=NOON)
    assert len(issuer.asked) == 4


def test_a_new_key_is_found_when_it_is_first_used(issuer: Issuer):
    """An issuer changes its keys when it likes; nobody makes us ask more than once a minute."""
    watch = Watch()
    issuers = Issuers([issuer.url], clock=watch)
    issuers.prove(issuer.token(), issuer=issuer.url, now=NOON)
    issuer.keys = {"two": OTHER_RSA}
    fresh = issuer.sign(issuer.claims(), key=OTHER_RSA, kid="two")
    for _ in range(5):
        with pytest.raises(NotYours):
            issuers.prove(fresh, issuer=issuer.url, now=NOON)
    assert len(issuer.asked) == 2

    watch.now += 60
    assert issuers.prove(fresh, issuer=issuer.url, now=NOON).issuer == issuer.url
    with pytest.raises(NotYours):
        issuers.prove(issuer.token(), issuer=issuer.url, now=NOON)


def test_an_issuer_that_does_not_answer_is_left_alone(issuer: Issuer):
    """For ten seconds, and nobody is believed meanwhile."""
    watch = Watch()
    issuers = Issuers([issuer.url], clock=watch)
    issuer.status = 500
    for _ in range(3):
        with pytest.raises(Unavailable):
            issuers.prove(issuer.token(), issuer=issuer.url, now=NOON)
    assert len(issuer.asked) == 1

    issuer.status, watch.now = 200, watch.now + 10
    assert issuers.prove(issuer.token(), issuer=issuer.url, now=NOON).issuer == issuer.url


def test_an_issuer_that_calls_itself_otherwise_is_not_believed(issuer: Issuer):
    """OpenID Connect Discovery 1.0, section 4.3."""
    issuer.named = "https://other.example"

    with pytest.raises(Unavailable, match="another name"):
        prove(issuer, issuer.token())


@pytest.mark.parametrize(
    "where",
    [
        "http://127.0.0.1:9/keys",
        "http://169.254.169.254/latest",
        "https://other.example/keys",
        "file:///etc/passwd",
        "",
        3,
    ],
)
def test_keys_are_read_where_the_issuer_is_and_nowhere_else(issuer: Issuer, where: Any):
    """A document cannot send us to look at some other machine."""
    issuer.jwks_uri = where

    with pytest.raises(Unavailable, match="another host"):
        prove(issuer, issuer.token())
    assert issuer.asked == ["/.well-known/openid-configuration"]


def test_no_redirect_is_followed(issuer: Issuer):
    """It would lead anywhere."""
    issuer.status, issuer.location = 302, "http://169.254.169.254/"

    with pytest.raises(Unavailable, match="302"):
        prove(issuer, issuer.token())


@pytest.mark.parametrize(
    "answer", [b"", b"x", b"[]", b'{"keys": 3}', b"[" * 100_000, b'{"a": "' + b"x" * 300_000 + b'"}', b"\xff\xfe"]
)
def test_an_answer_that_is_none_is_refused(issuer: Issuer, answer: bytes):
    """No JSON, too much, too deep: never a traceback."""
    issuer.answer = answer

    with pytest.raises(Unavailable):
        prove(issuer, issuer.token())


def test_an_issuer_says_no_more_than_it_has_to(issuer: Issuer):
    """A true document, with a quarter of a megabyte behind it, is not read to its end."""
    issuer.answer = issuer.document("/.well-known/openid-configuration") + b" " * 300_000

    with pytest.raises(Unavailable, match="more than an issuer has to say"):
        prove(issuer, issuer.token())


def test_an_issuer_that_drips_is_not_waited_for(issuer: Issuer):
    """Each byte comes in time, and all of them do not."""
    issuer.drips = True

    with pytest.raises(Unavailable, match="in time"):
        read_json(f"{issuer.url}/.well-known/openid-configuration", patience_s=0.2)


@pytest.mark.parametrize(
    "url", ["http://issuer.example", "ftp://issuer.example", "issuer", "https://a@b", "https://a?b", ""]
)
def test_an_issuer_is_reached_by_https(url: str):
    """Anything else is refused when the house is built."""
    with pytest.raises(Misconfigured, match="DAYPASS_ROBOTS_ISSUERS"):
        Issuers([url], clock=Watch())


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        "a..c",
        "ä.b.c",
        "a.b.c\n",
        "a" * 20_000 + ".b.c",
        "W10.W10.W10",
        "e30.e30.e30",
    ],
)
def test_what_is_no_token_is_refused_unread(token: str):
    """With a sentence."""
    with pytest.raises(BadInput, match="not a token of a workload"):
        Issuers([], clock=Watch()).issuer(token)


def test_a_sentence_never_says_the_token(issuer: Issuer):
    """Whatever is wrong with it."""
    token = forged(issuer.claims(), {"alg": "RS256", "kid": "one"})
    with pytest.raises(NotYours) as caught:
        prove(issuer, token)

    assert token.split(".")[1] not in f"{caught.value!r} {caught.value.report} {json.dumps(caught.value.args)}"
