"""
Whose an IAM user or role is: one answer from the map and the tags, or a refusal. Never a guess.

    map   tag            identity
    -     -              none; session and link need none
    A     -, or A too    A
    -     A              A
    A     B              refused, both named
    -     A and B        refused, both named
    A     A says it is somebody else's     refused, both named
"""

from collections.abc import Callable
from dataclasses import replace

from daypass.model.errors import Misconfigured
from daypass.model.principal import AwsIdentity, PrincipalId
from daypass.people.aws_map import AwsMap
from daypass.people.iam_tags import TAG, IdentityTags
from daypass.sources.ttl_cache import Ages, TtlCache

UNIQUE_ID_FRESH_S = 60.0


class AwsIdentities:
    """The AWS identities of people and robots."""

    def __init__(
        self,
        explicit: AwsMap,
        *,
        tags: IdentityTags | None = None,
        unique_id: Callable[[AwsIdentity], str] | None = None,
        clock: Callable[[], float],
    ) -> None:
        """
        Take the map, the tags of IAM users where they count, and the way to an identity's unique id.

        That is AIDA... or AROA..., and empty when there is none to be had.
        """
        self._explicit = explicit
        self._tags = tags
        self._unique_ids = TtlCache(unique_id, Ages(fresh_s=UNIQUE_ID_FRESH_S), clock=clock) if unique_id else None

    def of(self, person: PrincipalId) -> AwsIdentity | None:
        """Read somebody's identity as it is written. Raises Misconfigured when more than one is claimed."""
        mapped = self._explicit.get(person)
        tagged = self._tags.of(person) if self._tags else ()
        claimed = {identity.arn: identity for identity in (*([mapped] if mapped else []), *tagged)}
        if len(claimed) > 1:
            raise Misconfigured(_two(person, mapped, sorted(claimed)))
        for arn, identity in claimed.items():
            self._refuse_anothers(person, arn)
            return identity
        return None

    def with_unique_id(self, identity: AwsIdentity | None) -> AwsIdentity | None:
        """Add the unique id (AIDA..., AROA...) where there is one to be had."""
        if identity is None or identity.unique_id or not self._unique_ids:
            return identity
        return replace(identity, unique_id=self._unique_ids.get(identity))

    def everyone(self) -> dict[PrincipalId, AwsIdentity]:
        """Read everybody's. Raises Misconfigured, naming all that are claimed more than once."""
        found: dict[PrincipalId, AwsIdentity] = {}
        faults = []
        for person in sorted({*self._explicit, *(self._tags.everyone() if self._tags else ())}):
            try:
                identity = self.of(person)
            except Misconfigured as error:
                faults.append(error.sentence)
            else:
                found |= {person: identity} if identity else {}
        if faults:
            raise Misconfigured("\n".join(dict.fromkeys(faults)))
        return found

    def _refuse_anothers(self, person: PrincipalId, arn: str) -> None:
        """Refuse an identity that the map gives to one person and a tag or the map to another."""
        tagged = self._tags.owner(arn) if self._tags else None
        mapped = next((owner for owner, identity in self._explicit.items() if identity.arn == arn), None)
        if other := next((owner for owner in (tagged, mapped) if owner and owner != person), None):
            raise Misconfigured(
                f"{arn} is claimed by {person} and by {other}: the map of people and the tag {TAG} disagree. "
                "Correct one of them."
            )


def _two(person: PrincipalId, mapped: AwsIdentity | None, arns: list[str]) -> str:
    said = "the map of people and the tags" if mapped else "the tags"
    return (
        f"{said.capitalize()} of IAM users give {person} more than one AWS identity: {' and '.join(arns)}. Leave one."
    )
