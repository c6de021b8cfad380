"""
The explicit map of people: who is whom in AWS, in a file the operator writes.

    U0ALICE: arn:aws:iam::123456789012:user/alice
    U0BOB: arn:aws:iam::123456789012:role/people/bob
"""

from collections.abc import Mapping
from dataclasses import dataclass

from daypass.model.errors import BadInput
from daypass.model.principal import AwsIdentity, PrincipalId
from daypass.people.member_ids import is_member_id
from daypass.rules.document.yaml_source import Data
from daypass.sources.operator_yaml import Flaw, OperatorYaml

_FORM = "Write “U02ABCDEF: arn:aws:iam::123456789012:user/ann”."

AwsMap = Mapping[PrincipalId, AwsIdentity]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One line of the map, right or wrong."""

    person: str
    identity: AwsIdentity | None
    wrong: str = ""


def parse_map(text: str | bytes, *, name: str) -> AwsMap:
    """Read the map; an empty one is none. Raises Misconfigured with every fault, its line and what to write."""
    file = OperatorYaml.read(
        text, name=name, what="The map of people", form=_FORM, otherwise="This is no map of people."
    )
    entries = [_entry(person, given) for person, given in file.data.items()]
    file.must_have_no([*_wrong(entries), *_shared(entries)])
    return {PrincipalId(entry.person): entry.identity for entry in entries if entry.identity}


def _entry(person: str, given: Data) -> _Entry:
    if not is_member_id(person):
        return _Entry(person=person, identity=None, wrong=f"“{person}” is not a Slack user id such as U02ABCDEF.")
    if not isinstance(given, str):
        return _Entry(person=person, identity=None, wrong=f"{person} has no ARN.")
    try:
        return _Entry(person=person, identity=AwsIdentity(arn=given))
    except BadInput:
        return _Entry(person=person, identity=None, wrong=f"“{given}” is not the ARN of an IAM user or role.")


def _wrong(entries: list[_Entry]) -> list[Flaw]:
    return [Flaw(path=(entry.person,), sentence=entry.wrong) for entry in entries if entry.wrong]


def _shared(entries: list[_Entry]) -> list[Flaw]:
    """Two people with one AWS identity would have each other's access."""
    first: dict[str, str] = {}
    return [
        Flaw(
            path=(entry.person,),
            sentence=f"{entry.identity.arn} belongs to {first[entry.identity.arn]} already.",
            suggestion="Give each person an IAM user or role of their own.",
        )
        for entry in entries
        if entry.identity and first.setdefault(entry.identity.arn, entry.person) != entry.person
    ]
