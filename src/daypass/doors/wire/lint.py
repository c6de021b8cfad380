"""A text of the rules, and what is pointed out in it, as programs send and see them."""

from typing import Annotated

from pydantic import Field

from daypass.doors.wire.inputs import Incoming
from daypass.doors.wire.outputs import WireOut
from daypass.lifecycle.rule_changes.named_people import Doubts
from daypass.rules.document.yaml_source import LARGEST
from daypass.rules.rule.finding import FindingKind

RulesText = Annotated[str, Field(max_length=LARGEST, description="the whole document, as YAML")]


class LintRules(Incoming):
    """A text to be looked through."""

    text: RulesText | None = Field(default=None, description="left out: the rules in force")


class FindingOut(WireOut):
    """One thing that is written and hardly meant."""

    line: int
    rule: str
    kind: FindingKind
    sentence: str
    suggestion: str


class DoubtsOut(WireOut):
    """Everything that is pointed out, in the order of the lines, and what could not be looked at."""

    findings: list[FindingOut]
    not_looked_at: list[str]

    @classmethod
    def of(cls, doubts: Doubts) -> "DoubtsOut":
        """Show them."""
        return cls(
            findings=[
                FindingOut(
                    line=one.line, rule=one.rule, kind=one.kind, sentence=one.sentence, suggestion=one.suggestion
                )
                for one in doubts.findings
            ],
            not_looked_at=list(doubts.not_looked_at),
        )
