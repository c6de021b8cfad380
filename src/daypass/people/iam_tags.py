"""
IAM users that say whose they are, by the tag `daypass:slack-user-id`.

Who may tag IAM users may thus say who is whom: keep iam:TagUser as rare as iam:PutUserPolicy. IAM is read by a
callable that wiring gives; this room never sees the AWS SDK.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from daypass.model.principal import AwsIdentity, PrincipalId
from daypass.sources.ttl_cache import Ages, TtlCache

TAG = "daypass:slack-user-id"

FRESH_S = 60.0
STALE_S = 900.0
"""While IAM does not answer, what it last said serves for a quarter of an hour, so that approvals go on."""

UserTags = tuple[str, str, Mapping[str, str]]
"""ARN, unique id (AIDA...) and tags of one IAM user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """Every tagged user, both ways round."""

    of: Mapping[PrincipalId, tuple[AwsIdentity, ...]]
    owner: Mapping[str, PrincipalId]
    """Whose an ARN is, by its tag."""


class IdentityTags:
    """Whose IAM users are, as their tags say."""

    def __init__(self, users: Callable[[], Iterable[UserTags]], *, clock: Callable[[], float]) -> None:
        """Take a callable that goes through every IAM user; it is called at most once a minute."""
        self._users = users
        self._kept = TtlCache(self._read, Ages(fresh_s=FRESH_S, stale_s=STALE_S), clock=clock)

    def of(self, principal_id: PrincipalId) -> tuple[AwsIdentity, ...]:
        """The users tagged as this person's: more than one is the caller's to refuse."""
        return self._kept.get("all").of.get(principal_id, ())

    def everyone(self) -> frozenset[PrincipalId]:
        """Every person that a tag names."""
        return frozenset(self._kept.get("all").of)

    def owner(self, arn: str) -> PrincipalId | None:
        """The person whose tag an ARN carries."""
        return self._kept.get("all").owner.get(arn)

    def _read(self, _: str) -> Tagged:
        found: dict[PrincipalId, list[AwsIdentity]] = {}
        owner: dict[str, PrincipalId] = {}
        for arn, unique_id, tags in self._users():
            if person := tags.get(TAG, "").strip():
                owner[arn] = PrincipalId(person)
                found.setdefault(PrincipalId(person), []).append(AwsIdentity(arn=arn, unique_id=unique_id))
        return Tagged(of={person: tuple(users) for person, users in found.items()}, owner=owner)
