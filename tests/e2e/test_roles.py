"""
Roles, from one line in Slack to access that ends: over Slack's own wire and against an AWS that enforces IAM.

Asked by the command, by the form and on the command line; handed out by `daypass credentials` and `daypass exec`.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from tests.deliveries.roles import Roles
from tests.deliveries.world import INSIDE, allowed
from tests.e2e.house import ANN, BOB, RULES, House, wait_for
from tests.servers.ministack import MiniStack

ROLES = """
  - id: deploys
    who: {{people: [U0ANN, U0SUE]}}
    may: [assume]
    on: ["role:deploy-*"]
    for: {{default: 1h, max: 8h}}
    delivery: [session, policy]
    approve: {{anyone_of: {{slack_groups: [S0LEADS]}}}}
"""


class Deploys(House):
    """A company whose rules grant roles."""

    world: Roles

    def __init__(self, world: Roles, directory: Path) -> None:
        """Lay it out."""
        super().__init__(world, directory, rules=RULES + ROLES)
        self._known: set[GrantId] = set()

    def filed(self) -> GrantId:
        """What Ann asked for last, once it is filed."""
        hers = PrincipalId(ANN)
        found = wait_for(lambda: [one.id for one in self.ledger.requests(requestor=hers) if one.id not in self._known])
        self._known.update(found)
        return found[0]


@pytest.fixture(scope="module")
def house(ministack: MiniStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deploys]:
    """Yield a house on MiniStack, whose Daypass may grant the roles that are called deploy-*."""
    with Deploys(Roles(ministack), tmp_path_factory.mktemp("house")) as house:
        yield house


def test_asked_in_slack_a_role_is_had_until_its_date_and_no_longer(house: Deploys):
    """Approved by a lead; the command line opens a session of the role itself, which AWS refuses after the end."""
    name = house.world.role()
    house.person(ANN).command("/daypass", f"request role assume {name} --for 10m --reason INC-42")
    grant_id = house.filed()
    house.approve(grant_id)
    live = house.told(ANN, grant_id, "*Live*").visible_text
    session = house.credentials(ANN, grant_id)
    who = session.keys.client("sts").get_caller_identity()["Arn"]
    before = session.reads(house.world.bucket, INSIDE)
    with house.world.server.clock.ahead(timedelta(minutes=11)):
        after = session.reads(house.world.bucket, INSIDE)

    assert f"role:{name}" in live
    assert "otherwise access ends within 15 min" in live
    assert who.endswith(f":assumed-role/{name}/daypass-{grant_id}")
    assert (before, after) == (True, False)


def test_asked_on_the_command_line_a_role_runs_a_command_and_is_cut_off_where_its_tag_allows_it(house: Deploys):
    """`exec` has the session in its environment; ended early, the session is denied and the grant is over."""
    name = house.world.role(tagged=True)
    house.log_in(ANN)
    code, said = house.run(ANN, "request", "role", "assume", name, "--for", "1h", "--reason", "INC-42")
    assert code == 0, said
    grant_id = house.filed()
    house.approve(grant_id)
    house.told(ANN, grant_id, "*Live*")
    code, environment = house.run(ANN, "exec", grant_id, "--", "env")
    given = dict(line.partition("=")[::2] for line in environment.splitlines())
    session = house.world.keys(
        *(given[f"AWS_{one}"] for one in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"))
    )
    before = allowed(session.client("s3").get_object, Bucket=house.world.bucket, Key=INSIDE)
    house.person(ANN).command("/daypass", f"done {grant_id}")
    house.wait_until_ended(grant_id)
    after = allowed(session.client("s3").get_object, Bucket=house.world.bucket, Key=INSIDE)

    assert code == 0
    assert (before, after) == (True, False)


def test_asked_by_the_form_the_right_to_assume_a_role_stands_on_ones_own_identity(house: Deploys):
    """As a policy: the person's own keys open sessions of the role until its date."""
    name = house.world.role(trusts=house.identities[ANN].arn)
    ann, own = house.person(ANN), house.keys[ANN].client("sts")
    assume = {"RoleArn": house.world.arn(name), "RoleSessionName": "ann"}
    before = allowed(own.assume_role, **assume)
    ann.command("/daypass", "request")
    form = ann.wait_for_modal()
    fields = {"what": "role", "level": ["assume"], "resource": f"role:{name}", "length": "1h"}
    ann.submit(form, {**fields, "reason": "INC-42", "delivery": "policy"})
    grant_id = house.filed()
    house.approve(grant_id)
    house.told(ANN, grant_id, "*Live*")
    within = allowed(own.assume_role, **assume)
    with house.world.server.clock.ahead(timedelta(minutes=61)):
        after = allowed(own.assume_role, **assume)

    assert (before, within, after) == (False, True, False)


def test_a_role_that_can_write_iam_is_not_reached_by_a_wildcard(house: Deploys):
    """Ann reads why, and what a rule would have to say; nobody is asked."""
    name = house.world.role(allows="iam:*")
    house.person(ANN).command("/daypass", f"request role assume {name} --for 1h --reason INC-42")

    said = house.person(ANN).wait_for_ephemeral("names it exactly", within=20).visible_text
    assert f"role:{name} is granted only by a rule that names it exactly (on: [role:{name}])" in said
    assert "it can change who may do what (iam:*)" in said


def test_a_role_that_no_rule_covers_is_refused_as_anything_is(house: Deploys):
    """Whether there is such a role is not told."""
    house.person(ANN).command("/daypass", "request role assume admin --for 1h --reason INC-42")

    said = house.person(ANN).wait_for_ephemeral("no rule covers", within=20).visible_text
    assert "no rule covers assume on role:admin for you" in said
    assert not [one for one in house.person(BOB).messages() if "role:admin" in str(one.blocks)]
