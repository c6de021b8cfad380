"""The evaluator of tests/deploy, held against two that others wrote: Ceph's over the wire, and MiniStack's."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.deliveries.world import allowed
from tests.deploy.evaluator import Ask, allows, by_ministack
from tests.examples import examples
from tests.servers.ceph import Ceph
from tests.servers.keys import Keys

BUCKET = "evaluated"
ARN = f"arn:aws:s3:::{BUCKET}"
Statement = Mapping[str, Any]


def of(effect: str, **elements: Any) -> Statement:
    """A statement about everything, but for what is said."""
    action = {} if "NotAction" in elements else {"Action": ["s3:*"]}
    resource = {} if "NotResource" in elements else {"Resource": ["*"]}
    return {"Effect": effect, **action, **resource, **elements}


def when(operator: str, prefix: str) -> Mapping[str, Any]:
    """A condition on the prefix that a list is of; a list of all says none, and an object has none."""
    return {"Condition": {operator: {"s3:prefix": prefix}}}


POLICIES: Mapping[str, list[Statement]] = {
    "nothing": [],
    "an allow": [of("Allow")],
    "a deny outweighs it": [of("Allow"), of("Deny", Action=["s3:ListBucket"])],
    "a deny before it, too": [of("Deny", Resource=[f"{ARN}/in/*"]), of("Allow")],
    "another resource": [of("Allow", NotResource=[f"{ARN}/in/*"])],
    "a resource's beginning": [of("Allow", Resource=[f"{ARN}/in*"])],
    "equals": [of("Allow", **when("StringEquals", "in/"))],
    "equals, if there": [of("Allow", **when("StringEqualsIfExists", "in/"))],
    "like": [of("Allow", **when("StringLike", "i*"))],
    "a deny with not equals": [
        of("Allow"),
        of("Deny", Action=["s3:ListBucket"], **when("StringNotEqualsIfExists", "in/")),
    ],
    "a deny with not like": [of("Allow"), of("Deny", Action=["s3:List*"], **when("StringNotLikeIfExists", "i*"))],
    "absent": [of("Allow", **when("Null", "true"))],
}
"""
What Ceph, MiniStack and AWS's documentation agree on.

This Ceph reads a NotAction alone as no action at all, a negated operator as false where the key is absent, and `Null`
as true whatever it asks. The documentation decides there, and MiniStack reads it as our evaluator does.
"""
ASKS = {
    "list in": Ask(action="s3:ListBucket", resource=ARN, keys={"s3:prefix": "in/"}),
    "list out": Ask(action="s3:ListBucket", resource=ARN, keys={"s3:prefix": "out/"}),
    "list all": Ask(action="s3:ListBucket", resource=ARN),
    "get in": Ask(action="s3:GetObject", resource=f"{ARN}/in/k"),
    "get out": Ask(action="s3:GetObject", resource=f"{ARN}/out/k"),
}


@pytest.fixture(scope="module")
def eve(ceph: Ceph) -> Keys:
    """Make somebody who has nothing but the policy of the moment, and a bucket that is not theirs."""
    s3 = ceph.root().client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for key in ("in/k", "out/k"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    return ceph.create_user("evaluated-eve")


@pytest.mark.parametrize("policy", POLICIES)
def test_ceph_enforces_what_the_evaluator_says(ceph: Ceph, eve: Keys, policy: str):
    """Each kind of statement that the templates use, or that an operator could bound Daypass with."""
    document = {"Version": "2012-10-17", "Statement": POLICIES[policy]}
    iam, s3 = ceph.root().client("iam"), eve.client("s3")
    if POLICIES[policy]:
        text = json.dumps(document, separators=(",", ":"))
        iam.put_user_policy(UserName=eve.user_name, PolicyName="one", PolicyDocument=text)
    enforced = {
        "list in": allowed(s3.list_objects_v2, Bucket=BUCKET, Prefix="in/"),
        "list out": allowed(s3.list_objects_v2, Bucket=BUCKET, Prefix="out/"),
        "list all": allowed(s3.list_objects_v2, Bucket=BUCKET),
        "get in": allowed(s3.get_object, Bucket=BUCKET, Key="in/k"),
        "get out": allowed(s3.get_object, Bucket=BUCKET, Key="out/k"),
    }

    assert enforced == {name: allows(ask, [document]) for name, ask in ASKS.items()}


OPERATORS = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "ArnLike", "ArnNotLike"]
CONDITIONS = st.dictionaries(
    st.sampled_from([*OPERATORS, *(f"{one}IfExists" for one in OPERATORS)]),
    st.dictionaries(
        st.sampled_from(["iam:PermissionsBoundary", "s3:prefix"]),
        st.lists(st.sampled_from(["a", "ab", "a*", "?", "*"]), min_size=1, max_size=2),
        min_size=1,
    ),
    max_size=2,
)
WORDS = st.lists(st.sampled_from(["x:A", "x:a*", "y:*", "*"]), min_size=1, max_size=2)
STATEMENTS = st.builds(
    lambda effect, action, actions, resource, resources, conditions: {
        "Effect": effect,
        action: actions,
        resource: resources,
        "Condition": conditions,
    },
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from(["Action", "NotAction"]),
    WORDS,
    st.sampled_from(["Resource", "NotResource"]),
    WORDS,
    CONDITIONS,
)
DOCUMENTS = st.builds(lambda statements: {"Statement": statements}, st.lists(STATEMENTS, min_size=1, max_size=3))
DRAWN = st.builds(
    lambda action, resource, keys: Ask(action=action, resource=resource, keys=keys),
    st.sampled_from(["x:A", "X:a", "y:B"]),
    st.sampled_from(["x:A", "x:aa", "y:B"]),
    st.dictionaries(
        st.sampled_from(["IAM:permissionsboundary", "iam:PermissionsBoundary", "s3:prefix"]),
        st.sampled_from(["a", "ab", "b"]),
        max_size=1,
    ),
)


@given(DRAWN, st.lists(DOCUMENTS, max_size=2), st.lists(DOCUMENTS, max_size=2))
@examples(200)
def test_the_two_evaluators_agree(ask: Ask, documents: list[Any], limits: list[Any]):
    """Whatever is drawn from the elements and operators that the templates use."""
    assert allows(ask, documents, *limits) == by_ministack(ask, documents, *limits)
