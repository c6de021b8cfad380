"""One request with the grant that it became, as somebody may see it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from daypass.lifecycle.end.permissions import remembered
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.visibility import visible
from daypass.model.errors import NotFound
from daypass.model.grant import Grant, GrantId
from daypass.model.principal import Principal, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import Request
from daypass.model.schedule import Schedule
from daypass.ports import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A request and its grant, if it has one, as the ledger has them at this moment."""

    request: Request
    grant: Grant | None
    series: Schedule | None = None
    """What is still to come of one that recurs; None for any other, or before its approval."""
    stuck: bool = False
    """Whether it was just told that AWS does not take it, or does not give it back."""

    @property
    def goes_on(self) -> bool:
        """Whether more windows are to open."""
        return self.series is not None and self.series.state is Validity.OPEN


def request_view(subject: GrantId, *, ledger: Ledger) -> RequestView:
    """Read a request and its grant, whoever asks. Raises NotFound."""
    request = ledger.request(subject)
    try:
        grant = ledger.grant(subject)
    except NotFound:
        return RequestView(request=request, grant=None)
    with suppress(NotFound):  # one of an older Daypass left none behind
        series = ledger.find(Schedule, subject) if request.recurs else None
        return RequestView(request=request, grant=grant, series=series)
    return RequestView(request=request, grant=grant)


def viewer(by: PrincipalId, *, judge: Judge) -> Principal:
    """Who looks: as the directory has them, or else as they were last written down."""
    return judge.person(by) or remembered(by, judge.ledger)


def visible_view(subject: GrantId, *, by: PrincipalId, judge: Judge, now: datetime) -> RequestView:
    """Read a request and its grant for somebody who may see it. Raises NotFound for anybody else."""
    visible(subject, viewer(by, judge=judge), judge=judge, now=now)
    return request_view(subject, ledger=judge.ledger)
