"""Who decides, in which stages, what they decided, and when access recurs, as programs see it."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import WithJsonSchema

from daypass.doors.wire.outputs import WireOut
from daypass.model.decision import Approvers, Stage
from daypass.model.request import Approval, Recurrence


class ApproversOut(WireOut):
    """Who may decide."""

    people: list[str]
    slack_groups: list[str]
    directory_groups: list[str]

    @classmethod
    def of(cls, approvers: Approvers) -> "ApproversOut":
        """Show approvers, in a steady order."""
        return cls(
            people=sorted(approvers.people),
            slack_groups=sorted(approvers.slack_groups),
            directory_groups=sorted(approvers.groups),
        )


class StageOut(WireOut):
    """One stage of an approval: whose turn it is, and how many of them must agree."""

    name: str
    needed: int
    approvers: ApproversOut
    why: list[str]
    """Why these are asked."""
    skipped: dict[str, str]
    """Who is not asked although the rule names them, and why not."""
    later: list["LaterOut"]

    @classmethod
    def of(cls, stage: Stage) -> "StageOut":
        """Show a stage."""
        return cls(
            name=stage.name,
            needed=stage.needed,
            approvers=ApproversOut.of(stage.approvers),
            why=list(stage.why),
            skipped={one.principal: one.why for one in stage.skipped},
            later=[
                LaterOut(after_s=_whole(each.after), approvers=ApproversOut.of(each.approvers)) for each in stage.later
            ],
        )


class LaterOut(WireOut):
    """Who may decide besides, once the stage has waited so long."""

    after_s: int
    approvers: ApproversOut


TimeOfDay = Annotated[time, WithJsonSchema({"type": "string", "pattern": r"^\d{2}:\d{2}(?::\d{2})?$"})]
"""In the zone that is named beside it; `format: time` would be one with an offset (RFC 3339)."""


class RecurrenceOut(WireOut):
    """The days and hours at which access is lent again and again."""

    days: list[int]
    """ISO weekdays: 1 is Monday."""
    opens: TimeOfDay
    closes: TimeOfDay
    tz: str
    first: date
    last: date

    @classmethod
    def of(cls, recurs: Recurrence) -> "RecurrenceOut":
        """Show a recurrence."""
        return cls(
            days=sorted(recurs.days),
            opens=recurs.opens,
            closes=recurs.closes,
            tz=recurs.tz,
            first=recurs.first,
            last=recurs.last,
        )


class ApprovalOut(WireOut):
    """What was decided."""

    by: str
    at: datetime
    rule: str
    length_s: int | None
    note: str
    stage: str
    second_factor: bool
    permit: str | None

    @classmethod
    def of(cls, approval: Approval) -> "ApprovalOut":
        """Show an approval or a denial."""
        return cls(
            by=approval.by,
            at=approval.at,
            rule=approval.rule,
            length_s=seconds(approval.length),
            note=approval.note,
            stage=approval.stage,
            second_factor=approval.second_factor,
            permit=approval.permit or None,
        )


def _whole(length: timedelta) -> int:
    return int(length.total_seconds())


def seconds(length: timedelta | None) -> int | None:
    """A length in whole seconds; None stays None."""
    return None if length is None else int(length.total_seconds())
