"""Both templates, rendered for a setup: what the stack makes, and what the module's policies come to."""

from pathlib import Path
from typing import Any

from daypass.aws.own_permissions import Setup
from tests.deploy import terraform
from tests.deploy.cloudformation import Template
from tests.servers.ministack import ACCOUNT

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
STACK = DEPLOY / "cloudformation/daypass.yaml"
MODULE = DEPLOY / "terraform"
SUFFIXES = {
    "aws": "amazonaws.com",
    "aws-us-gov": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
}
"""What AWS says its DNS suffix is; see the table of partitions in its General Reference."""


def setup_of(
    partition: str, runs_as: str, buckets: tuple[str, ...], people: tuple[str, ...], roles: tuple[str, ...] = ()
) -> Setup:
    """The names for which both templates are to be right."""
    iam = f"arn:{partition}:iam::{ACCOUNT}"
    return Setup(
        principal_arn=f"{iam}:{runs_as}/daypass-setup/daypass",
        broker_arn=f"{iam}:role/daypass/daypass-broker",
        buckets=buckets,
        people=tuple(f"{iam}:{one}" for one in people),
        roles=tuple(f"{iam}:{one}" for one in roles),
    )


def bucket_arns(wanted: Setup) -> list[str]:
    """The buckets as both templates take them."""
    return [f"arn:{wanted.partition}:s3:::{name}" for name in wanted.buckets]


def runs_as_of(wanted: Setup) -> str:
    """`role` or `user`."""
    return wanted.principal_arn.split(":")[5].partition("/")[0]


def cloudformation(wanted: Setup, **more: str) -> dict[str, dict[str, Any]]:
    """What the stack makes."""
    names = {
        "AWS::Partition": wanted.partition,
        "AWS::AccountId": ACCOUNT,
        "AWS::URLSuffix": SUFFIXES[wanted.partition],
        "Broker.Arn": wanted.broker_arn,
        f"{runs_as_of(wanted).title()}.Arn": wanted.principal_arn,
        f"{runs_as_of(wanted).title()}": "daypass",
        "Ceiling": wanted.ceiling_arn,
        "Service": "the service policy",
    }
    given = {
        "BucketArns": ",".join(bucket_arns(wanted)),
        "PeopleArns": ",".join(wanted.people),
        "RoleArns": ",".join(wanted.roles),
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
        "role_arns": list(wanted.roles),
        "dns_suffix": SUFFIXES[wanted.partition],
        "journal_head_bucket": wanted.head.partition("/")[0],
    }
    return terraform.rendered(MODULE / "policies" / template, given)
