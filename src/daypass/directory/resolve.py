"""
The directory whole: a Slack person together with their AWS identity, or a refusal. Never a guess.

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
from datetime import datetime

from daypass.directory.aws_map import AwsMap
from daypass.directory.iam_tags import TAG, IamTags
from daypass.directory.kept import Kept
from daypass.directory.slack_people import SlackPeople
from daypass.model.decision import Circumstances, Needs, Question
from daypass.model.errors import Misconfigured
from daypass.model.principal import AwsIdentity, Principal, PrincipalId, SlackGroupId

UNIQUE_ID_FRESH_S = 60.0


class PeopleDirectory:
    """Answers to the port Directory."""

    def __init__(
        self,
        slack: SlackPeople,
        *,
        explicit: AwsMap,
        tags: IamTags | None = None,
        unique_id: Callable[[AwsIdentity], str] | None = None,
        clock: Callable[[], float],
    ) -> None:
        """
        Combine Slack with the explicit map and, where given, the tags of IAM users.

        `unique_id` looks up an identity's unique id (AIDA..., AROA...; empty when there is none to be had).
        """
        self._slack = slack
        self._explicit = explicit
        self._tags = tags
        self._unique_ids = Kept(unique_id, fresh_s=UNIQUE_ID_FRESH_S, clock=clock) if unique_id else None

    def principal(self, principal_id: PrincipalId) -> Principal:
        """Read one person. Raises NotFound for nobody, Misconfigured when more than one AWS identity is claimed."""
        person = self._slack.principal(principal_id)
        identity = self._identity(principal_id)
        return replace(person, aws=self._with_unique_id(identity)) if identity else person

    def members(self, group: SlackGroupId) -> frozenset[PrincipalId]:
        """Read who is in a Slack user group. Raises NotFound."""
        return self._slack.members(group)

    def circumstances(self, question: Question, needed: Needs, *, at: datetime) -> Circumstances:  # noqa: ARG002 - the port's
        """Find out what is needed around a question; what cannot be found out is left out."""
        people = {one: self.principal(one) for one in needed.people}
        groups = {group: self.members(group) for group in needed.slack_groups}
        return Circumstances(at=at, people=people, slack_groups=groups)

    def identities(self) -> dict[PrincipalId, AwsIdentity]:
        """Read everybody's AWS identity. Raises Misconfigured, naming all that are claimed more than once."""
        found: dict[PrincipalId, AwsIdentity] = {}
        faults = []
        for person in sorted({*self._explicit, *(self._tags.everyone() if self._tags else ())}):
            try:
                identity = self._identity(person)
            except Misconfigured as error:
                faults.append(error.sentence)
            else:
                found |= {person: identity} if identity else {}
        if faults:
            raise Misconfigured("\n".join(dict.fromkeys(faults)))
        return found

    def _identity(self, person: PrincipalId) -> AwsIdentity | None:
        mapped = self._explicit.get(person)
        tagged = self._tags.of(person) if self._tags else ()
        claimed = {identity.arn: identity for identity in (*([mapped] if mapped else []), *tagged)}
        if len(claimed) > 1:
            raise Misconfigured(_two(person, mapped, sorted(claimed)))
        for arn, identity in claimed.items():
            self._refuse_anothers(person, arn)
            return identity
        return None

    def _refuse_anothers(self, person: PrincipalId, arn: str) -> None:
        """Refuse an identity that the map gives to one person and a tag or the map to another."""
        tagged = self._tags.owner(arn) if self._tags else None
        mapped = next((owner for owner, identity in self._explicit.items() if identity.arn == arn), None)
        if other := next((owner for owner in (tagged, mapped) if owner and owner != person), None):
            raise Misconfigured(
                f"{arn} is claimed by {person} and by {other}: the map of people and the tag {TAG} disagree. "
                "Correct one of them."
            )

    def _with_unique_id(self, identity: AwsIdentity) -> AwsIdentity:
        if identity.unique_id or not self._unique_ids:
            return identity
        return replace(identity, unique_id=self._unique_ids.get(identity))


def _two(person: PrincipalId, mapped: AwsIdentity | None, arns: list[str]) -> str:
    said = "the map of people and the tags" if mapped else "the tags"
    return (
        f"{said.capitalize()} of IAM users give {person} more than one AWS identity: {' and '.join(arns)}. Leave one."
    )
