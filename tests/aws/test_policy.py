"""
The documents written allow exactly what was granted, judged by an evaluator that is not ours.

MiniStack's evaluator (MIT) reads the policy as its server does. What must be allowed is written out here a second time,
in plain words, so that a wrong table in access_levels has nothing to agree with.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from ministack.core import iam_evaluator  # type: ignore[import-untyped] # it says nothing of its types

from daypass.aws.policy import carries, denial, denial_of_older, document, ends, for_people, issued_before, size
from daypass.model.entitlement import Entitlement
from daypass.model.errors import BadInput
from daypass.model.lease import Lease
from daypass.model.resource import Resource
from daypass.resources.kind import without_sids
from daypass.resources.s3 import S3, in_bucket
from daypass.resources.s3_statements import (
    KMS_ACTIONS,
    S3_ACTIONS,
    BucketFacts,
    Level,
    Option,
)
from tests.examples import examples

BUCKET = "acme-reports"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234"
PLAIN = BucketFacts(partition="aws", region="eu-central-1", dns_suffix="amazonaws.com")
ENCRYPTED = BucketFacts(partition="aws", region="eu-central-1", dns_suffix="amazonaws.com", kms_key=KEY)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEASE = Lease(starts=NOON, ends=NOON + timedelta(hours=2))

THOROUGHLY = examples(600)
BUCKET_ACTIONS = ["s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"]
ACTIONS = [
    *S3_ACTIONS,
    "s3:DeleteBucket",
    "s3:GetObjectAcl",
    "s3:ListAllMyBuckets",
    "s3:PutBucketPolicy",
    "s3:PutObjectAcl",
]
PLACES = st.sampled_from(["", "2026/", "2026/q1.csv", "2026/a+b (c)/", "2026/ü/"]).map(
    lambda key: in_bucket(BUCKET, key)
)
ENTITLEMENTS = st.builds(
    Entitlement,
    resource=PLACES,
    levels=st.sets(st.sampled_from(Level), min_size=1).map(frozenset),
    options=st.sets(st.sampled_from(Option)).map(frozenset),
).filter(lambda one: not (not one.resource.whole and Level.LIST in one.levels))
KEYS = st.sampled_from(
    [
        "",
        "2025/q1.csv",
        "2026",
        "2026-secret/x",
        "2026/",
        "2026/a+b (c)/x",
        "2026/deep/er",
        "2026/q1.csv",
        "2026/q1.csv.bak",
        "2026/ü/x",
        "2026/Ü/x",
        "Q",
    ]
)
BUCKETS = st.sampled_from([BUCKET] * 6 + ["acme-reports-2", "other"])
MOMENTS = st.sampled_from([-3600, -1, 0, 1, 60, 600, 3600, 5000, 7000, 7199, 7200, 7201, 90_000]).map(
    lambda s: NOON + timedelta(seconds=s)
)


def judged(text: str, action: str, resource: str, at: datetime, **context: Any) -> bool:
    """What the other evaluator says of one request at one moment."""
    asked = iam_evaluator.EvalContext(
        principal_arn="arn:aws:iam::123456789012:user/ann",
        principal_type="User",
        principal_account="123456789012",
        action=action,
        resource_arn=resource,
        region="eu-central-1",
        source_ip="203.0.113.1",
        secure_transport=True,
        service_context={key.replace("__", ":").lower(): value for key, value in context.items()},
    )
    real = iam_evaluator._resolve_condition_key
    iam_evaluator._resolve_condition_key = lambda key, ctx: (
        at.isoformat() if key.lower() == "aws:currenttime" else real(key, ctx)
    )
    try:
        policies = [iam_evaluator.parse_policy_document(text)]
        return bool(iam_evaluator.evaluate(asked, policies).decision == "Allow")
    finally:
        iam_evaluator._resolve_condition_key = real


def within(place: Resource, key: str) -> bool:
    """Whether an object lies in the place, said once more."""
    return (
        key.startswith(place.inner) if place.inner in {"", "2026/", "2026/a+b (c)/", "2026/ü/"} else key == place.inner
    )


def wanted_on_object(entitlement: Entitlement, action: str) -> bool:
    """The object actions of each level, written out a second time from AWS's pages."""
    has, versions, tags = (
        entitlement.levels.__contains__,
        Option.VERSIONS in entitlement.options,
        Option.TAGS in entitlement.options,
    )
    return {
        "s3:GetObject": has(Level.READ),
        "s3:GetObjectVersion": has(Level.READ) and versions,
        "s3:GetObjectTagging": has(Level.READ) and tags,
        "s3:GetObjectVersionTagging": has(Level.READ) and versions and tags,
        "s3:PutObject": has(Level.WRITE),
        "s3:AbortMultipartUpload": has(Level.WRITE),
        "s3:ListMultipartUploadParts": has(Level.WRITE),
        "s3:PutObjectTagging": has(Level.WRITE) and tags,
        "s3:PutObjectVersionTagging": has(Level.WRITE) and versions and tags,
        "s3:DeleteObject": has(Level.DELETE),
        "s3:DeleteObjectVersion": has(Level.DELETE) and versions,
        "s3:DeleteObjectTagging": has(Level.DELETE) and tags,
        "s3:DeleteObjectVersionTagging": has(Level.DELETE) and versions and tags,
    }.get(action, False)


def wanted_on_bucket(entitlement: Entitlement, action: str, prefix: str) -> bool:
    """The bucket actions, written out a second time: read lists what it reads, a single object has nothing to list."""
    key = entitlement.resource.inner
    lists = (not key or key.endswith("/")) and bool({Level.LIST, Level.READ} & entitlement.levels)
    inside = not key or prefix.startswith(key)
    return {
        "s3:ListBucket": lists and inside,
        "s3:ListBucketVersions": lists and inside and Option.VERSIONS in entitlement.options,
        "s3:GetBucketLocation": lists,
        "s3:ListBucketMultipartUploads": Level.WRITE in entitlement.levels and not key,
    }.get(action, False)


@THOROUGHLY
@given(ENTITLEMENTS, st.sampled_from(ACTIONS), BUCKETS, KEYS, MOMENTS)
def test_object_actions_are_allowed_exactly_as_granted(
    entitlement: Entitlement, action: str, bucket: str, key: str, at: datetime
):
    """On any object of any bucket at any second: allowed if and only if it was granted."""
    assume(key)
    text = document(S3().statements(entitlement, PLAIN), LEASE)
    wanted = (
        at in LEASE and bucket == BUCKET and within(entitlement.resource, key) and wanted_on_object(entitlement, action)
    )

    assert judged(text, action, f"arn:aws:s3:::{bucket}/{key}", at) == wanted


@THOROUGHLY
@given(ENTITLEMENTS, st.sampled_from([*BUCKET_ACTIONS * 3, *ACTIONS]), BUCKETS, KEYS, MOMENTS)
@example(
    Entitlement(resource=in_bucket(BUCKET, "2026/"), levels=frozenset({Level.READ})),
    "s3:ListBucket",
    BUCKET,
    "2026",
    NOON,
)
def test_bucket_actions_are_allowed_exactly_as_granted(
    entitlement: Entitlement, action: str, bucket: str, prefix: str, at: datetime
):
    """Listing reaches the granted prefix alone: `2026` without its slash would show 2026-secret too."""
    text = document(S3().statements(entitlement, PLAIN), LEASE)
    wanted = at in LEASE and bucket == BUCKET and wanted_on_bucket(entitlement, action, prefix)

    assert judged(text, action, f"arn:aws:s3:::{bucket}", at, s3__prefix=prefix) == wanted


@THOROUGHLY
@given(
    ENTITLEMENTS,
    st.sampled_from([*KMS_ACTIONS, "kms:Encrypt", "kms:CreateGrant"]),
    st.sampled_from(["s3.eu-central-1.amazonaws.com", "s3.us-east-1.amazonaws.com", "ec2.eu-central-1.amazonaws.com"]),
    st.one_of(KEYS.filter(bool).map(lambda key: f"arn:aws:s3:::{BUCKET}/{key}"), BUCKETS.map("arn:aws:s3:::{}".format)),
    st.sampled_from([KEY, KEY + "5"]),
    MOMENTS,
)
def test_the_key_serves_this_place_through_s3_alone(
    entitlement: Entitlement, action: str, via: str, context: str, key: str, at: datetime
):
    """Decrypt to read, both to write; for the object's ARN or, with bucket keys, the bucket's; never directly."""
    text = document(S3().statements(entitlement, ENCRYPTED), LEASE)
    verbs = {"kms:Decrypt": {Level.READ, Level.WRITE}, "kms:GenerateDataKey": {Level.WRITE}}.get(action, set())
    of_place = context == f"arn:aws:s3:::{BUCKET}" or (
        context.startswith(f"arn:aws:s3:::{BUCKET}/") and within(entitlement.resource, context.partition("/")[2])
    )
    wanted = (
        at in LEASE
        and key == KEY
        and via == "s3.eu-central-1.amazonaws.com"
        and of_place
        and bool(verbs & entitlement.levels)
    )

    asked = {"kms__viaservice": via, "kms__encryptioncontext__aws__s3__arn": context}
    assert judged(text, action, key, at, **asked) == wanted


@given(ENTITLEMENTS, st.sampled_from([PLAIN, ENCRYPTED]))
def test_every_allow_carries_both_dates(entitlement: Entitlement, facts: BucketFacts):
    """Law 1, for every document there can be; it is minified, and reads the same when laid out."""
    text = document(S3().statements(entitlement, facts), LEASE)
    dates = {
        (
            one["Condition"]["DateGreaterThanEquals"]["aws:CurrentTime"],
            one["Condition"]["DateLessThan"]["aws:CurrentTime"],
        )
        for one in json.loads(text)["Statement"]
    }

    assert dates == {("2026-11-23T12:00:00Z", "2026-11-23T14:00:00Z")}
    assert carries(json.loads(text), LEASE)
    assert json.loads(for_people(text)) == json.loads(text)
    assert ": " not in text


@given(ENTITLEMENTS)
def test_labels_mean_nothing(entitlement: Entitlement):
    """Without its Sids a document is shorter and otherwise the same."""
    allowed = S3().statements(entitlement, ENCRYPTED)
    full, bare = (json.loads(document(one, LEASE))["Statement"] for one in (allowed, without_sids(allowed)))

    assert [{key: value for key, value in one.items() if key != "Sid"} for one in full] == bare
    assert len({one["Sid"] for one in full}) == len(full)


def test_the_list_of_one_object_is_refused_with_a_sentence():
    """By its key's prefix S3 would show the neighbours of the object too."""
    one = Entitlement(resource=in_bucket(BUCKET, "2026/q1.csv"), levels=frozenset({Level.LIST, Level.READ}))
    with pytest.raises(BadInput, match="nothing to list") as refused:
        S3().statements(one, PLAIN)

    assert refused.value.field == "level"


def test_a_key_that_iam_cannot_spell_is_refused_with_a_sentence():
    """Policies are Latin-1: what is beyond is refused, not escaped and hoped for."""
    beyond = Entitlement(resource=in_bucket(BUCKET, "日本/"), levels=frozenset({Level.READ}))
    with pytest.raises(BadInput, match=r"takes no “\S” in a policy") as refused:
        document(S3().statements(beyond, PLAIN), LEASE)

    assert refused.value.field == "resource"


def test_quotes_and_backslashes_in_a_key_stay_in_their_string():
    """A key cannot break out of the JSON that it stands in."""
    key = 'a","Effect":"Allow","Resource":"*\\'.replace("*", "+")
    text = document(
        S3().statements(Entitlement(resource=in_bucket(BUCKET, key), levels=frozenset({Level.READ})), PLAIN), LEASE
    )

    assert json.loads(text)["Statement"][0]["Resource"] == f"arn:aws:s3:::{BUCKET}/{key}"


@pytest.mark.parametrize(
    ("found", "ours"),
    [
        ({"Statement": []}, False),
        ({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}, False),
        ({}, False),
    ],
)
def test_a_document_without_our_dates_is_not_ours(found: dict[str, Any], ours: bool):
    """Altered by hand, it is not taken for what we wrote."""
    assert carries(found, LEASE) is ours


def test_a_document_ends_with_its_last_statement_and_never_where_one_has_no_end():
    """What has no date stands for ever, also beside what has one; and no statement at all ends never."""
    first, last = (json.loads(denial("daypass-a", at)) for at in (NOON, NOON + timedelta(hours=1)))
    both = {"Statement": [*first["Statement"], *last["Statement"]]}
    endless = {"Statement": [*first["Statement"], {"Effect": "Allow", "Action": "*", "Resource": "*"}]}

    assert ends(both) == NOON + timedelta(hours=1)
    assert ends(endless) is None
    assert ends({"Statement": []}) is None


@pytest.mark.parametrize("date", ["2026-11-24T12:00:00.000Z", "1795521600", "soon", ["2026-11-24T12:00:00Z"]])
def test_a_date_that_somebody_else_wrote_is_no_end_of_ours(date: object):
    """One document that was edited by hand in AWS stops no sweep: it counts as one without an end, or as no deny."""
    deny, older = (json.loads(text) for text in (denial("daypass-a", NOON), denial_of_older(NOON, LEASE.ends)))
    deny["Statement"][0]["Condition"]["DateLessThan"]["aws:CurrentTime"] = date
    older["Statement"][0]["Condition"]["DateLessThan"]["aws:TokenIssueTime"] = date

    assert ends(deny) is None
    assert issued_before(older) is None


def test_a_longer_lease_is_not_this_lease():
    """One second more is another document."""
    longer = Lease(starts=LEASE.starts, ends=LEASE.ends + timedelta(seconds=1))
    text = document(S3().statements(Entitlement(resource=in_bucket(BUCKET), levels=frozenset(Level)), PLAIN), longer)

    assert not carries(json.loads(text), LEASE)


@pytest.mark.parametrize(
    ("who", "at", "denied"),
    [
        ("AROA1:daypass-abc", NOON, True),
        ("AROA1:daypass-abcd", NOON, False),
        ("AROA1:daypass-abc", NOON + timedelta(hours=2), False),
    ],
)
def test_a_deny_is_of_one_session_until_its_date(who: str, at: datetime, denied: bool):
    """The neighbour with a similar name is untouched, and so is everybody once the date has passed."""
    deny = json.loads(denial("daypass-abc", LEASE.ends))["Statement"]
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [*deny, allow]})

    assert judged(text, "s3:GetObject", "arn:aws:s3:::b/k", at, aws__userid=who) is not denied
    assert ends(json.loads(denial("daypass-abc", LEASE.ends))) == LEASE.ends


@pytest.mark.parametrize(("issued", "denied"), [("2026-11-23T11:59:59Z", True), ("2026-11-23T12:00:00Z", False)])
def test_the_deny_of_older_sessions_spares_newer_ones(issued: str, denied: bool):
    """It tells sessions by when they were opened, and says so when it is read again."""
    text = denial_of_older(NOON, LEASE.ends)
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    both = json.dumps({"Version": "2012-10-17", "Statement": [*json.loads(text)["Statement"], allow]})

    assert judged(both, "s3:GetObject", "arn:aws:s3:::b/k", NOON, aws__tokenissuetime=issued) is not denied
    assert issued_before(json.loads(text)) == NOON
    assert issued_before(json.loads(denial("daypass-abc", NOON))) is None


def test_blanks_do_not_count_against_a_quota():
    """As AWS counts: whatever is no blank."""
    assert size('{"a": "b c"}\n\t') == len('{"a":"bc"}')
