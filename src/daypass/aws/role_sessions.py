"""
Sessions of the broker role: AssumeRole, narrowed by a session policy, named after a grant.

A session lasts 15 minutes at least (STS takes no less) and at most what the role allows; one hour when Daypass's own
credentials are a role's, because that is role chaining, and asking for more then fails
(IAM/latest/UserGuide/id_roles, "Role chaining").
"""

from collections.abc import Mapping
from datetime import UTC, timedelta
from threading import Lock
from typing import Any

from daypass.aws.arn import name_of
from daypass.aws.clients import AwsCredentials, Clients
from daypass.aws.refusals import CallNotOffered, asking
from daypass.model.errors import AwsForbids, DaypassError, Misconfigured, NotFound
from daypass.ports import Credentials

SHORTEST = timedelta(minutes=15)
CHAINED = timedelta(hours=1)
LONGEST = timedelta(hours=12)
"""No session of any role is longer (sts:AssumeRole, DurationSeconds)."""


class RoleSessions:
    """Opens sessions of one role. Safe to share between threads."""

    def __init__(
        self, *, clients: Clients, role_arn: str, source_identity: bool = True, at_most: timedelta | None = None
    ) -> None:
        """
        Take the role.

        `source_identity` marks sessions with the grant for CloudTrail; the role's trust must then allow
        sts:SetSourceIdentity. Turn it off for a server that does not know it. `at_most` is how long a session may last
        whatever the role allows.
        """
        self._clients = clients
        self._source_identity = source_identity
        self._at_most = at_most
        self._longest: timedelta | None = at_most
        self._chained: bool | None = None
        self._lock = Lock()
        self.role_arn = role_arn

    @property
    def role_name(self) -> str:
        """The role's name without its path, as IAM calls take it."""
        return name_of(self.role_arn)

    def of_role(self, role_arn: str) -> "RoleSessions":
        """Sessions of a role that is not Daypass's own: the shortest there are, as nothing else may end them."""
        return RoleSessions(
            clients=self._clients, role_arn=role_arn, source_identity=self._source_identity, at_most=SHORTEST
        )

    def open(self, name: str, policy: str, length: timedelta) -> Credentials:
        """
        Open a session. `length` is cut to what STS takes; `expires_at` is the session's own end.

        Raises OverQuota when the policy does not fit, AwsForbids when the role does not trust us.
        """
        seconds = int(max(SHORTEST, min(length, self.longest())).total_seconds())
        mark: dict[str, Any] = {"SourceIdentity": name} if self._source_identity else {}
        try:
            with asking("sts:AssumeRole", of=self.role_arn):
                answer = self._clients.sts.assume_role(
                    RoleArn=self.role_arn, RoleSessionName=name, Policy=policy, DurationSeconds=seconds, **mark
                )
        except (AwsForbids, NotFound) as refused:  # AWS does not tell a missing role from a closed one; Ceph does
            raise AwsForbids(_not_trusted(self.role_arn, refused), action="sts:AssumeRole") from refused
        return _credentials(answer["Credentials"])

    def longest(self) -> timedelta:
        """How long a session of this role can be for us. Asked of AWS once."""
        with self._lock:
            if self._longest is None:
                self._longest = CHAINED if self._is_chained() else self._longest_of_role()
            return self._longest

    def longest_ever(self) -> timedelta:
        """How long a session opened until now can still live, whatever the role's limit was when it was opened."""
        with self._lock:
            return self._at_most or (CHAINED if self._is_chained() else LONGEST)

    def _is_chained(self) -> bool:
        if self._chained is None:
            try:
                with asking("sts:GetCallerIdentity"):
                    self._chained = ":assumed-role/" in self._clients.sts.get_caller_identity()["Arn"]
            except CallNotOffered:
                self._chained = False
        return self._chained

    def tags(self) -> Mapping[str, str]:
        """How the role is tagged. Asked of AWS each time."""
        return {tag["Key"]: tag["Value"] for tag in self._role().get("Tags", ())}

    def _longest_of_role(self) -> timedelta:
        return timedelta(seconds=self._role().get("MaxSessionDuration", CHAINED.total_seconds()))

    def _role(self) -> Any:
        try:
            with asking("iam:GetRole", of=self.role_arn):
                return self._clients.iam.get_role(RoleName=self.role_name)["Role"]
        except NotFound:
            raise Misconfigured(f"There is no role {self.role_arn}; make it, or set the right broker role.") from None


def keys_of(credentials: Credentials) -> AwsCredentials:
    """The part of a session's credentials that a client signs with."""
    return AwsCredentials(
        access_key_id=credentials.access_key_id,
        secret_access_key=credentials.secret_access_key,
        session_token=credentials.session_token,
    )


def _credentials(given: Any) -> Credentials:
    return Credentials(
        access_key_id=given["AccessKeyId"],
        secret_access_key=given["SecretAccessKey"],
        session_token=given["SessionToken"],
        expires_at=given["Expiration"].astimezone(UTC),
    )


def _not_trusted(role_arn: str, refused: DaypassError) -> str:
    return (
        f"AWS does not let Daypass assume {role_arn}: the role must exist, its trust policy must name Daypass's own "
        f"principal for sts:AssumeRole and sts:SetSourceIdentity, and Daypass's policy must allow both. "
        f"{refused.sentence}"
    )
