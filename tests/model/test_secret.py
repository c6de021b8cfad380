"""Secrets in people's words: known by how they begin, masked wherever they come in."""

from dataclasses import fields, replace
from inspect import getmembers, isclass
from typing import Any

import pytest

from daypass.lifecycle.bots import tokens
from daypass.model import (
    absence,
    bot,
    break_glass,
    break_glass_code,
    event,
    finding,
    grant,
    link,
    login,
    passkey,
    preapproval,
    record,
    request,
    rule_change,
    schedule,
)
from daypass.model.bot import Bot
from daypass.model.break_glass import GlassReview
from daypass.model.decision import Approvers, RuleId
from daypass.model.event import EntryKind, Event
from daypass.model.grant import Ending, GrantId, Why
from daypass.model.login import Login
from daypass.model.passkey import Passkey
from daypass.model.preapproval import Preapproval
from daypass.model.principal import PrincipalId
from daypass.model.request import Approval, Wish
from daypass.model.rule_change import RulesChange, RulesVersion
from daypass.model.secret import MASK, Secret, draw, masked
from tests.makers import ANN, BOB, HOUR, NOON, READ_REPORTS

ID = GrantId("abcdefgh2345")
WORDS = {"reason", "note", "about", "name", "client"}
"""What fields are called that hold what a person typed."""
MADE = (
    Wish(entitlement=READ_REPORTS),
    Approval(by=BOB, at=NOON, rule=RuleId("reports")),
    Ending(why=Why.DONE, by=ANN, at=NOON),
    Preapproval(
        id=ID, by=BOB, principal=ANN, entitlement=READ_REPORTS, length=HOUR, starts=NOON, ends=NOON + HOUR, at=NOON
    ),
    Bot(id=PrincipalId("bot:nightly"), owner=BOB, at=NOON),
    Passkey(credential_id="c", principal=BOB, public_key="k", sign_count=0, name="laptop", at=NOON),
    GlassReview(id=ID, principal=ANN, reviewers=Approvers(people=frozenset({BOB})), at=NOON, due=NOON + HOUR),
    RulesVersion(number=1, text="", digest="", author=BOB, at=NOON),
    RulesChange(id=ID, author=BOB, base=1, text="", note="", filed_at=NOON),
    Login(device_hash="d", user_code="c", client="laptop", asked_at=NOON, expires_at=NOON + HOUR),
)
"""One of each kind of value that holds a person's words."""


def words_of(kind: type[Any]) -> set[str]:
    """The fields of a kind of value that hold a person's words."""
    return {field.name for field in fields(kind)} & WORDS


def test_no_kind_of_value_with_peoples_words_is_missing_here():
    """Every class of the model that has a field for words is among those tried below."""
    found = {
        one
        for module in (
            *(absence, bot, break_glass, event, finding, grant, link, login, passkey, preapproval, record),
            *(request, rule_change, schedule),
        )
        for _, one in getmembers(module, isclass)
        if one.__module__ == module.__name__ and hasattr(one, "__dataclass_fields__") and words_of(one)
    }

    assert found == {type(one) for one in MADE}


@pytest.mark.parametrize("made", MADE, ids=lambda made: type(made).__name__)
def test_a_secret_in_a_persons_words_is_never_kept(made: Any):
    """Whoever makes the value, and whichever of its fields it stands in."""
    for name in words_of(type(made)):
        kept_words = getattr(replace(made, **{name: f"see {draw(Secret.LINK)[:50]}"}), name)
        assert (MASK in kept_words, "dpk_" in kept_words) == (True, False)


def test_a_secret_in_an_entrys_details_is_masked_but_names_of_objects_stay():
    """The journal is for good; and what was handed out must stay known by its name."""
    secret, key = draw(Secret.LOGIN), "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCd"
    details = Event(
        kind=EntryKind.LINK_MADE, at=NOON, actor=ANN, details={"because": secret, "with": (secret,), "key": key}
    )

    assert dict(details.details) == {"because": MASK, "with": (MASK,), "key": key}


@pytest.mark.parametrize("kind", Secret)
def test_every_secret_of_ours_is_known_wherever_it_stands(kind: Secret):
    """Alone, within an address, glued to a word, in capitals."""
    secret = tokens.draw(PrincipalId("bot:nightly-deploy")) if kind is Secret.BOT else draw(kind)

    for text in (secret, f"https://daypass.example/l/{secret}?x=1", f"token={secret}", f"my_{secret}", secret.upper()):
        assert secret[-12:].lower() not in masked(text).lower()


def test_a_break_glass_code_is_known_by_its_checksum():
    """With hyphens, with blanks, in small letters; what only looks like one stays."""
    code = break_glass_code.draw()

    for text in (code, code.replace("-", " "), code.lower(), code.replace("-", "")):
        assert masked(f"it is {text}, use it") == f"it is {MASK}, use it"
    assert masked("there would never again where") == "there would never again where"


@pytest.mark.parametrize(
    "secret",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE1",
        "xox" + "b-1234-abcdef",
        "xox" + "p-1234-abcdef",
        "xapp-1-A0-abcdef",
        "ghp" + "_0123456789abcdefghijABCDEFGHIJ",
        "glpat-" + "0123456789abcdefghij",
        "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE1",
        "IQoJ" + "b3JpZ2luX2Vj" * 8,
        "https://hooks.slack.com/services/T0AAAAAAA/B0AAAAAAA/abcdefgh",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0AAAA.c2ln",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIE and it was cut",
    ],
)
def test_what_looks_like_a_secret_is_masked(secret: str):
    """Wherever it stands; the words around it stay."""
    shown = masked(f"use {secret} for it")

    assert MASK in shown
    assert secret[-6:] not in shown
    assert shown.startswith("use ")


@pytest.mark.parametrize(
    ("link", "left"),
    [
        ("https://b.s3.amazonaws.com/k?X-Amz-Signature=0123456789abcdef0123", "0123456789abcdef0123"),
        ("https://signin.aws.amazon.com/federation?SigninToken=abcdefghijklmnop1234", "abcdefghijklmnop1234"),
        ("postgresql://daypass:hunter2@db.example/daypass", "hunter2"),
    ],
)
def test_a_link_that_opens_something_is_masked_where_it_opens(link: str, left: str):
    """Its secret part goes, so that it opens nothing."""
    assert left not in masked(link)


@pytest.mark.parametrize(
    "text",
    [
        "INC-42: reports of 2026, see acme-reports/2026/ and https://example.com/wiki/l/page",
        "commit 1f0c9d8e7b6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e",
        "arn:aws:iam::123456789012:role/analysts-of-the-northern-region-and-more",
        "AKIA is how keys begin",
    ],
)
def test_what_is_no_secret_stays(text: str):
    """Tickets, commits, ARNs and prose are what discussions are made of."""
    assert masked(text) == text


def test_the_id_of_a_sessions_key_stays_whole_in_the_journal():
    """CloudTrail has it, and it opens nothing; typed by somebody, it is masked as before."""
    told = {"access_key_id": "ASIA2345678ABCDEFGHI", "reason": "ASIA2345678ABCDEFGHI"}
    event = Event(kind=EntryKind.CREDENTIALS_VENDED, at=NOON, actor=ANN, details=told)

    assert event.details == {"access_key_id": "ASIA2345678ABCDEFGHI", "reason": "[masked: looks like a secret]"}
