"""What is written down of a request is read back as the same question."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from json import dumps

import pytest

from daypass.model.decision import Circumstances, Question, ScheduleName, Ticket, TicketId
from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery
from daypass.model.principal import Away, GroupName, Principal, PrincipalId, SlackGroupId
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level, Option
from daypass.rules.document.example_text import retold
from daypass.rules.document.shape_example import Expected
from daypass.rules.examples.past import PastRequest, read_past

BEN, CID, DEPLOY = PrincipalId("U0BEN"), PrincipalId("U0CID"), PrincipalId("bot:deploy")
ANN = Principal(
    id=PrincipalId("U0ANN"),
    name="U0ANN",
    slack_groups=frozenset({SlackGroupId("S0A")}),
    groups=frozenset({GroupName("file:x")}),
    tz="Europe/Berlin",
    manager=BEN,
)
WHOLE = Question(
    principal=ANN,
    entitlement=Entitlement(
        resource=parse_resource("acme-x/ü y/"),
        levels=frozenset({Level.READ, Level.WRITE}),
        options=frozenset({Option.TAGS}),
    ),
    length=timedelta(minutes=90),
    delivery=Delivery.LINK,
    reason="INC-1 “ü”",
    asker=Principal(id=DEPLOY, name="bot:deploy"),
    urgent=True,
)
PLAIN = Question(
    principal=Principal(id=BEN, name="U0BEN"),
    entitlement=Entitlement(resource=parse_resource("acme-x"), levels=frozenset({Level.LIST})),
    length=None,
    delivery=Delivery.SESSION,
)
AT = datetime(2026, 5, 4, 10, 0, 1, tzinfo=UTC)
AROUND = Circumstances(
    at=AT,
    people={CID: Principal(id=CID, name="U0CID", away=Away())},
    slack_groups={SlackGroupId("S0B"): frozenset({BEN})},
    groups={GroupName("file:y"): frozenset({CID, DEPLOY})},
    on_call={ScheduleName("payments"): frozenset({CID})},
    account="111122223333",
    tags={"team": "x", "owner": "cid@acme.example"},
    owners={"owner": CID},
    tickets={
        TicketId("INC-1"): Ticket(id=TicketId("INC-1"), open=True),
        TicketId("INC-2"): Ticket(id=TicketId("JUNK-7"), open=True),
        TicketId("INC-3"): Ticket(id=TicketId("JUNK-8"), open=False),
    },
    live_grants=2,
)


def read(question: Question, around: Circumstances) -> PastRequest:
    """Write one down and read it."""
    line = dumps(retold(question, around, decided=Expected.AT_ONCE)).encode()
    (asked,) = read_past(BytesIO(line), name="past")
    assert isinstance(asked, PastRequest), asked
    return asked


@pytest.mark.parametrize("question", [WHOLE, PLAIN])
def test_the_question_is_the_same(question: Question) -> None:
    """Everything that the rules look at of it."""
    asked = read(question, Circumstances(at=AT))

    assert asked.question == question
    assert (asked.around.at, asked.decided) == (AT, Expected.AT_ONCE)


def test_what_is_around_it_is_the_same() -> None:
    """Robots in groups are left out, as they decide nothing; who owns the bucket is named by the id that was found."""
    found = read(WHOLE, AROUND).around

    assert (found.at, found.on_call, found.account, found.live_grants) == (AT, AROUND.on_call, "111122223333", 2)
    assert found.slack_groups == AROUND.slack_groups
    assert found.groups == {GroupName("file:y"): frozenset({CID})}
    assert (found.tags, found.owners) == ({"team": "x", "owner": "U0CID"}, {"owner": CID})
    assert (found.people[CID].away, found.tickets) == (Away(), AROUND.tickets)
