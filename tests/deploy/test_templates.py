"""What Terraform and CloudFormation set up is, statement by statement, what the code says Daypass needs."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from daypass.aws.own_permissions import Setup, ceiling, service, trust
from daypass.aws.policy import MANAGED, size
from tests.deploy import terraform
from tests.deploy.cloudformation import Template
from tests.servers.ministack import ACCOUNT

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
STACK = DEPLOY / "cloudformation/daypass.yaml"
MODULE = DEPLOY / "terraform"
PEOPLE = ("user/people/*", "role/analyst")


def setup_of(partition: str, runs_as: str, buckets: tuple[str, ...], people: tuple[str, ...]) -> Setup:
    """The names for which both templates are to be right."""
    iam = f"arn:{partition}:iam::{ACCOUNT}"
    return Setup(
        principal_arn=f"{iam}:{runs_as}/daypass-setup/daypass",
        broker_arn=f"{iam}:role/daypass/daypass-broker",
        buckets=buckets,
        people=tuple(f"{iam}:{one}" for one in people),
    )


@pytest.fixture(params=["aws", "aws-cn", "aws-us-gov"])
def partition(request: pytest.FixtureRequest) -> str:
    """Each part of AWS in turn."""
    return str(request.param)


@pytest.fixture(params=["role", "user"])
def runs_as(request: pytest.FixtureRequest) -> str:
    """Each kind of principal in turn."""
    return str(request.param)


@pytest.fixture(params=[(), PEOPLE], ids=["without people", "with people"])
def people(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Without and with the delivery `policy`."""
    given: tuple[str, ...] = request.param
    return given


@pytest.fixture(params=[("*",), ("acme-reports", "acme-uploads")], ids=["any bucket", "two buckets"])
def wanted(request: pytest.FixtureRequest, partition: str, runs_as: str, people: tuple[str, ...]) -> Setup:
    """Every way to set Daypass up."""
    return setup_of(partition, runs_as, request.param, people)


def bucket_arns(wanted: Setup) -> list[str]:
    """The buckets as both templates take them."""
    return [f"arn:{wanted.partition}:s3:::{name}" for name in wanted.buckets]


def suffix(wanted: Setup) -> str:
    """What AWS says its DNS suffix is; see the table of partitions in its General Reference."""
    return "amazonaws.com.cn" if wanted.partition == "aws-cn" else "amazonaws.com"


def runs_as_of(wanted: Setup) -> str:
    """`role` or `user`."""
    return wanted.principal_arn.split(":")[5].partition("/")[0]


def cloudformation(wanted: Setup, **more: str) -> dict[str, dict[str, Any]]:
    """What the stack makes."""
    names = {
        "AWS::Partition": wanted.partition,
        "AWS::AccountId": ACCOUNT,
        "AWS::URLSuffix": suffix(wanted),
        "Broker.Arn": wanted.broker_arn,
        f"{runs_as_of(wanted).title()}.Arn": wanted.principal_arn,
        f"{runs_as_of(wanted).title()}": "daypass",
        "Ceiling": wanted.ceiling_arn,
        "Service": "the service policy",
    }
    given = {
        "BucketArns": ",".join(bucket_arns(wanted)),
        "PeopleArns": ",".join(wanted.people),
        "RunsAs": runs_as_of(wanted),
        **more,
    }
    return Template.read(STACK, given=given, names=names).resources()


def module(wanted: Setup, template: str) -> Any:
    """What one of the module's policies comes to."""
    names = {
        "data.aws_partition.current.partition": wanted.partition,
        "data.aws_caller_identity.current.account_id": ACCOUNT,
        "var.runs_as": runs_as_of(wanted),
        "var.journal_head_bucket": wanted.head.partition("/")[0],
        "var.journal_head_key": wanted.head.partition("/")[2],
    }
    given: dict[str, Any] = terraform.locals_of(MODULE / "main.tf", names) | {
        "bucket_arns": bucket_arns(wanted),
        "people_arns": list(wanted.people),
        "dns_suffix": suffix(wanted),
        "journal_head_bucket": wanted.head.partition("/")[0],
    }
    return terraform.rendered(MODULE / "policies" / template, given)


def test_the_stacks_ceiling_is_the_codes(wanted: Setup):
    """The most that a grant can hold is the same document."""
    assert cloudformation(wanted)["Ceiling"]["PolicyDocument"] == ceiling(wanted)


def test_the_stacks_trust_is_the_codes(wanted: Setup):
    """Daypass's own principal may assume the broker role, under the name of a grant, and nobody else may."""
    assert cloudformation(wanted)["Broker"]["AssumeRolePolicyDocument"] == trust(wanted)


def test_the_stack_lets_daypass_do_what_the_code_says(wanted: Setup):
    """Daypass's own permissions are the same, statement by statement."""
    assert cloudformation(wanted)["Service"]["PolicyDocument"] == service(wanted)


def test_the_modules_ceiling_is_the_codes(wanted: Setup):
    """The same for Terraform."""
    assert module(wanted, "ceiling.json.tftpl") == ceiling(wanted)


def test_the_modules_trust_is_the_codes(wanted: Setup):
    """The same for Terraform."""
    assert module(wanted, "trust.json.tftpl") == trust(wanted)


def test_the_module_lets_daypass_do_what_the_code_says(wanted: Setup):
    """The same for Terraform."""
    assert module(wanted, "service.json.tftpl") == service(wanted)


def test_both_let_daypass_keep_the_journals_head_in_a_bucket(wanted: Setup):
    """Read it, write over it, and look whether old versions are kept; nothing is ever deleted there."""
    with_head = replace(wanted, head="acme-daypass/heads/journal.head")
    stack = cloudformation(with_head, JournalHeadBucket="acme-daypass", JournalHeadKey="heads/journal.head")
    documents = [stack["Service"]["PolicyDocument"], module(with_head, "service.json.tftpl")]

    assert documents == [service(with_head)] * 2
    more = [one for one in documents[0]["Statement"] if one not in service(wanted)["Statement"]]
    bucket = f"arn:{wanted.partition}:s3:::acme-daypass"
    assert [(one["Effect"], one["Action"], one["Resource"]) for one in more] == [
        ("Allow", ["s3:GetObject", "s3:PutObject"], [f"{bucket}/heads/journal.head"]),
        ("Allow", ["s3:GetBucketVersioning"], [bucket]),
    ]


def test_the_stack_makes_only_what_it_is_asked_for(wanted: Setup):
    """A user, or a role with its instance profile; and the broker is always bounded by the ceiling."""
    made = cloudformation(wanted)
    own = {"User"} if runs_as_of(wanted) == "user" else {"Role", "InstanceProfile"}

    assert made.keys() == own | {"Broker", "Ceiling", "Service"}
    assert made["Broker"]["PermissionsBoundary"] == wanted.ceiling_arn
    assert made["Broker"]["ManagedPolicyArns"] == [wanted.ceiling_arn]


@pytest.mark.parametrize("installation", ["", "1a2b3c4d"])
def test_the_stacks_roles_are_tagged_with_the_installation_once_it_is_known(wanted: Setup, installation: str):
    """Daypass's own principal and the broker role, and nothing before the first start."""
    made = cloudformation(wanted, Installation=installation)
    tagged = {name: one["Tags"] for name, one in made.items() if "Tags" in one}

    expected = [{"Key": "daypass:installation", "Value": installation}]
    assert tagged == (dict.fromkeys([runs_as_of(wanted).title(), "Broker"], expected) if installation else {})


@pytest.mark.parametrize("installation", ["", "1a2b3c4d"])
def test_the_modules_principals_are_tagged_with_the_installation_once_it_is_known(installation: str):
    """Daypass's own user or role, and the broker role; what is made besides has the tags that were asked for alone."""
    tagged = terraform.tags_of(MODULE / "main.tf", tags={"team": "data"}, installation=installation)
    own = {"team": "data", "daypass:installation": installation} if installation else {"team": "data"}

    assert tagged == {
        "aws_iam_policy.ceiling": {"team": "data"},
        "aws_iam_policy.service": {"team": "data"},
        "aws_iam_user.daypass": own,
        "aws_iam_role.daypass": own,
        "aws_iam_instance_profile.daypass": {"team": "data"},
        "aws_iam_role.broker": own,
    }


def test_the_names_in_the_stack_are_those_in_its_documents(wanted: Setup):
    """An ARN that a document spells out is the ARN of what is made."""
    made = cloudformation(wanted)
    own = made["User" if runs_as_of(wanted) == "user" else "Role"]
    name = own.get("UserName") or own.get("RoleName")

    assert wanted.principal_arn.endswith(f"{own['Path']}{name}")
    assert wanted.broker_arn.endswith(f"{made['Broker']['Path']}{made['Broker']['RoleName']}")
    assert wanted.ceiling_arn.endswith(f"{made['Ceiling']['Path']}{made['Ceiling']['ManagedPolicyName']}")


def test_the_names_in_the_module_are_those_in_its_documents():
    """main.tf makes what its locals spell out, and hands each template exactly what it asks for."""
    main = MODULE / "main.tf"
    templates = {path.name: terraform.names_in(path) for path in (MODULE / "policies").iterdir()}
    made = main.read_text()

    assert terraform.handed(main) == templates
    assert all(
        f'"{name}"' in made for name in ("daypass", "daypass-broker", "daypass-broker-ceiling", "/daypass-setup/")
    )


def test_every_document_fits_where_it_is_put(wanted: Setup):
    """Both policies are managed ones, of which AWS takes 6,144 characters."""
    assert all(size(json.dumps(document)) < MANAGED for document in (ceiling(wanted), service(wanted)))
