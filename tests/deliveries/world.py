"""A small world to lend access in: buckets with objects, people, the broker role, Daypass with its own principal."""

import functools
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import urllib3
from botocore.exceptions import ClientError

from daypass.aws.buckets import AwsCatalogue
from daypass.aws.clients import AwsCredentials as AwsKeys
from daypass.aws.clients import Clients
from daypass.aws.kinds import AwsAccess, aws_kinds
from daypass.aws.own_permissions import (
    CEILING_PATH,
    Document,
    Setup,
    ceiling,
    for_plain_server,
    service,
    trust,
)
from daypass.aws.role_sessions import RoleSessions
from daypass.deliveries.broker import Broker
from daypass.deliveries.cutoff import Cutoff
from daypass.deliveries.handout import Addresses, Vending
from daypass.deliveries.link import LinkDelivery
from daypass.deliveries.link_sessions import SigningSessions
from daypass.deliveries.names import Names
from daypass.deliveries.policy import PolicyDelivery
from daypass.deliveries.session import SessionDelivery
from daypass.deliveries.sweep import PolicySweep
from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery, Ending, Grant, GrantState, Why, new_grant_id
from daypass.model.lease import Lease, Term, whole_second
from daypass.model.principal import AwsIdentity, PrincipalId
from daypass.ports import Credentials, MarkedObject, PostForm, Provisioner
from daypass.resources.s3 import in_bucket
from daypass.resources.s3_statements import Level, Option
from tests.servers.ceph import Ceph
from tests.servers.keys import REGION, Keys
from tests.servers.ministack import MiniStack

Aws = MiniStack | Ceph
ALICE = PrincipalId("U0ALICE")
MARKS = Names("0a1b2c3d")
BROKER_PATH = "/daypass/"
PREFIX = "2026/"
INSIDE = "2026/q1-ü+&.csv"
BESIDE = "2025/q4.csv"
_pool = urllib3.PoolManager(retries=False)


_client = functools.cache(Keys.client)
"""Making a client takes longer than most calls."""


def minified(document: Any) -> str:
    """Write a document as Ceph 16 takes it: without blanks."""
    return json.dumps(document, separators=(",", ":"))


@dataclass(frozen=True)
class Hands:
    """Everything that Daypass does in AWS, as wiring puts it together."""

    clients: Clients
    buckets: AwsCatalogue
    sessions: RoleSessions
    broker: Broker
    cutoff: Cutoff
    deliveries: dict[Delivery, Provisioner]
    vending: Vending


class World:
    """One AWS server with what a story needs; each world has its own buckets, people and broker role."""

    def __init__(self, server: Aws) -> None:
        """Make the buckets, the broker role and Daypass's own principal."""
        self.server = server
        self.ceph = isinstance(server, Ceph)
        self.root = server.root()
        self.tag = uuid4().hex[:8]
        self.bucket, self.other_bucket = f"acme-{self.tag}", f"other-{self.tag}"
        self._fill()
        self.daypass = self._principal(f"daypass-{self.tag}")
        self.setup = Setup(
            principal_arn=str(self.daypass.arn),
            broker_arn=f"arn:aws:iam::{server.account}:role{BROKER_PATH}broker-{self.tag}",
            people=(f"arn:aws:iam::{server.account}:user/*", f"arn:aws:iam::{server.account}:role/*"),
            source_identity=not self.ceph,
        )
        self._make_broker()
        self.hands = self.make_hands()

    def make_hands(self) -> Hands:
        """Put Daypass together anew, as after a restart."""
        clients = Clients(
            region=REGION,
            endpoint=self.server.endpoint,
            keys=AwsKeys(access_key_id=self.daypass.access_key, secret_access_key=self.daypass.secret_key),
        )
        if self.ceph:
            clients.iam.meta.events.register("provide-client-params.iam.*", self._with_tenant)
        return hands_of(clients, self.setup)

    def sweep(self, marks: Names = MARKS) -> PolicySweep:
        """Look for what stands, by the server's clock."""
        return PolicySweep(clients=self.hands.clients, clock=self.server.clock.now, marks=marks)

    def standing(self) -> list[MarkedObject]:
        """What stands under our mark."""
        return [one for one in self.sweep().standing() if isinstance(one, MarkedObject)]

    def person(self, name: str = "ann") -> tuple[Keys, AwsIdentity]:
        """Make an IAM user who may do nothing; returns their keys and who they are to AWS."""
        keys = self.server.create_user(f"{name}-{uuid4().hex[:8]}")
        found = {} if self.ceph else _client(self.root, "iam").get_user(UserName=keys.user_name)["User"]
        return keys, AwsIdentity(arn=str(keys.arn), unique_id=found.get("UserId", ""))

    def person_in_role(self) -> tuple[Keys, AwsIdentity]:
        """Make a role that a person is in already; returns the keys of that session and the role."""
        keys, identity = self.person()
        iam, name = _client(self.root, "iam"), f"analyst-{uuid4().hex[:8]}"
        statement = {"Effect": "Allow", "Principal": {"AWS": identity.arn}, "Action": ["sts:AssumeRole"]}
        document = minified({"Version": "2012-10-17", "Statement": [statement]})
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]
        if not self.ceph:
            allowed = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role["Arn"]}
            text = minified({"Version": "2012-10-17", "Statement": [allowed]})
            iam.put_user_policy(UserName=keys.user_name, PolicyName="assume", PolicyDocument=text)
        given = _client(keys, "sts").assume_role(RoleArn=role["Arn"], RoleSessionName="ann")["Credentials"]
        return self.keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]), AwsIdentity(
            arn=role["Arn"], unique_id=role["RoleId"]
        )

    def keys(self, access_key: str, secret_key: str, token: str) -> Keys:
        """Credentials of a session, to be tried out."""
        return Keys(endpoint=self.server.endpoint, access_key=access_key, secret_key=secret_key, token=token)

    def vended(self, credentials: Credentials) -> Keys:
        """Credentials that Daypass handed out, to be tried out."""
        return self.keys(credentials.access_key_id, credentials.secret_access_key, credentials.session_token)

    def entitlement(self, *levels: Level, key: str = PREFIX, extras: frozenset[Option] = frozenset()) -> Entitlement:
        """Levels on a place in the bucket."""
        place = in_bucket(self.bucket, key)
        return Entitlement(resource=place, levels=frozenset(levels), options=extras)

    def grant(
        self,
        delivery: Delivery,
        *levels: Level,
        aws: AwsIdentity | None = None,
        starts: timedelta = timedelta(),
        length: timedelta = timedelta(hours=1),
        key: str = PREFIX,
    ) -> Grant:
        """A grant whose lease begins so much from the server's now, leased but not yet in AWS."""
        now = whole_second(self.server.clock.now())
        return Grant(
            id=new_grant_id(),
            principal=ALICE,
            entitlement=self.entitlement(*(levels or (Level.READ,)), key=key),
            delivery=delivery,
            term=Term(length=length),
            approved_at=now,
            aws=aws,
            lease=Lease(starts=now + starts, ends=now + starts + length),
        )

    def now(self) -> datetime:
        """The server's time."""
        return self.server.clock.now()

    def _principal(self, name: str) -> Keys:
        if isinstance(self.server, Ceph):
            keys = self.server.create_user(name, admin_caps="roles=*;user-policy=*")
            looking = {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::*"]}
            text = minified({"Version": "2012-10-17", "Statement": [looking]})
            _client(self.root, "iam").put_user_policy(UserName=keys.user_name, PolicyName="own", PolicyDocument=text)
            return keys
        return self.server.create_user(name)

    def _make_broker(self) -> None:
        iam, name = _client(self.root, "iam"), f"broker-{self.tag}"
        bound = {} if self.ceph else {"PermissionsBoundary": self._make_ceiling()}
        iam.create_role(Path=BROKER_PATH, RoleName=name, AssumeRolePolicyDocument=minified(trust(self.setup)), **bound)
        if self.ceph:
            text = minified(_without_kms(ceiling(self.setup)))
            iam.put_role_policy(RoleName=name, PolicyName="ceiling", PolicyDocument=text)
            return
        iam.attach_role_policy(RoleName=name, PolicyArn=self.setup.ceiling_arn)
        text = minified(for_plain_server(service(self.setup)))
        iam.put_user_policy(UserName=self.daypass.user_name, PolicyName="own", PolicyDocument=text)

    def _make_ceiling(self) -> str:
        made = _client(self.root, "iam").create_policy(
            Path=CEILING_PATH,
            PolicyName=self.setup.ceiling_name,
            PolicyDocument=minified(ceiling(self.setup)),
        )
        return str(made["Policy"]["Arn"])

    def _fill(self) -> None:
        s3 = _client(self.root, "s3")
        for bucket in (self.bucket, self.other_bucket):
            s3.create_bucket(Bucket=bucket)
            for key in (INSIDE, BESIDE):
                s3.put_object(Bucket=bucket, Key=key, Body=b"figures")

    def _with_tenant(self, params: dict[str, Any], **_: Any) -> None:
        """On Ceph the account stands before a user's name in IAM calls."""
        if "UserName" in params and "$" not in params["UserName"]:
            params["UserName"] = f"{self.server.account}${params['UserName']}"


def hands_of(clients: Clients, setup: Setup, marks: Names = MARKS) -> Hands:
    """Put Daypass's hands together on some clients."""
    buckets = AwsCatalogue(clients=clients)
    sessions = RoleSessions(clients=clients, role_arn=setup.broker_arn)
    kinds = aws_kinds(AwsAccess(buckets=buckets, own_roles={setup.broker_arn}))
    broker = Broker(sessions=sessions, kinds=kinds)
    cutoff = Cutoff(clients=clients, sessions=sessions, marks=marks)
    session = SessionDelivery(broker=broker, cutoff=cutoff)
    deliveries: dict[Delivery, Provisioner] = {
        Delivery.SESSION: session,
        Delivery.LINK: LinkDelivery(session=session),
        Delivery.POLICY: PolicyDelivery(clients=clients, kinds=kinds, marks=marks),
    }
    signing = SigningSessions(broker=broker, clients=clients)
    vending = Vending(broker=broker, signing=signing, addresses=Addresses(issuer="https://daypass.example"))
    return Hands(clients, buckets, sessions, broker, cutoff, deliveries, vending)


def ending(grant: Grant, at: datetime, why: Why = Why.DONE, *, used: bool = True) -> Grant:
    """The grant on its way out, after something of it was handed out unless the test says otherwise."""
    active = grant if grant.state is GrantState.ACTIVE else grant.activated()
    return replace(active, handed_out=used).ending_now(Ending(why=why, by=ALICE, at=at))


def releases(grant: Grant, lease: Lease) -> Grant:
    """The same grant with another lease."""
    return replace(grant, lease=lease)


def allowed(call: Any, **arguments: Any) -> bool:
    """Whether the server does it. Only a 403 is a denial; anything else that fails, fails the test."""
    try:
        call(**arguments)
    except ClientError as refusal:
        if refusal.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.FORBIDDEN:
            raise
        return False
    return True


def reads(keys: Keys, bucket: str, key: str) -> bool:
    """Whether somebody may read one object at this second."""
    return allowed(_client(keys, "s3").get_object, Bucket=bucket, Key=key)


def _without_kms(policy: Document) -> Document:
    """The same policy for a server that knows no KMS."""
    return {**policy, "Statement": policy["Statement"][:1]}


def levels_of(keys: Keys, bucket: str, key: str) -> set[Level]:
    """What somebody may do at this second with one object and the prefix it lies under."""
    s3 = _client(keys, "s3")
    prefix = key.rpartition("/")[0] + "/"
    tries = {
        Level.LIST: lambda: allowed(s3.list_objects_v2, Bucket=bucket, Prefix=prefix),
        Level.READ: lambda: allowed(s3.get_object, Bucket=bucket, Key=key),
        Level.WRITE: lambda: allowed(s3.put_object, Bucket=bucket, Key=f"{key}.new", Body=b"new"),
        Level.DELETE: lambda: allowed(s3.delete_object, Bucket=bucket, Key=f"{key}.old"),
    }
    return {level for level, tried in tries.items() if tried()}


def fetched(url: str, *, body: bytes | None = None) -> bytes | None:
    """What a presigned URL gives; None when it is denied."""
    return _granted(_pool.request("GET" if body is None else "PUT", url, body=body))


def posted(form: PostForm, name: str, content: bytes) -> bytes | None:
    """What a presigned form gives for a file; None when it is denied."""
    fields: dict[str, str | tuple[str, bytes]] = {**dict(form.fields), "file": (name, content)}
    return _granted(_pool.request("POST", form.url, fields=fields))


def _granted(answer: urllib3.BaseHTTPResponse) -> bytes | None:
    """The body of a success; None for a denial. Anything else fails the test."""
    if answer.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}:
        return None
    assert answer.status < HTTPStatus.MULTIPLE_CHOICES, answer.data
    return answer.data
