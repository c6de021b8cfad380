"""What Terraform and CloudFormation set up is, statement by statement, what the code says Daypass needs."""

import json
from dataclasses import replace

import pytest

from daypass.aws.own_permissions import Setup, ceiling, service, trust
from daypass.aws.policy import MANAGED, size
from tests.deploy import terraform
from tests.deploy.rendering import MODULE, SUFFIXES, cloudformation, module, runs_as_of, setup_of

PEOPLE = ("user/people/*", "role/analyst")
ROLES = ("role/deploy-*", "role/ops/on-call")


@pytest.fixture(params=sorted(SUFFIXES))
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
    """Every way to set Daypass up; roles are granted where people are named, which takes the most room."""
    return setup_of(partition, runs_as, request.param, people, ROLES if people else ())


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

    ceilings = [stack["Ceiling"]["PolicyDocument"], module(with_head, "ceiling.json.tftpl")]

    assert documents == [service(with_head)] * 2
    assert ceilings == [ceiling(with_head)] * 2
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
