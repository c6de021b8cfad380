"""Hosts of each partition are the SDK's own, written out here a second time from AWS's documentation."""

import json

import pytest

from daypass.aws.clients import Clients
from daypass.aws.partitions import console, sign_in, suffix
from daypass.model.entitlement import Entitlement
from daypass.resources.s3 import S3, in_bucket
from daypass.resources.s3_statements import BucketFacts, Level

HOSTS = {
    "eu-central-1": ("amazonaws.com", "signin.aws.amazon.com", "console.aws.amazon.com"),
    "us-gov-west-1": (
        "amazonaws.com",
        "us-gov-west-1.signin.amazonaws-us-gov.com",
        "us-gov-west-1.console.amazonaws-us-gov.com",
    ),
    "cn-north-1": ("amazonaws.com.cn", "cn-north-1.signin.amazonaws.cn", "cn-north-1.console.amazonaws.cn"),
    "eusc-de-east-1": (
        "amazonaws.eu",
        "eusc-de-east-1.signin.amazonaws-eusc.eu",
        "eusc-de-east-1.console.amazonaws-eusc.eu",
    ),
}


@pytest.mark.parametrize("region", HOSTS)
def test_hosts_are_those_of_the_regions_partition(region: str):
    """A session in Germany's sovereign cloud never leaves for amazonaws.com."""
    services, signing_in, landing = HOSTS[region]

    assert suffix(Clients(region=region).partition(region)) == services
    assert (sign_in(region), console(region)) == (f"https://{signing_in}/federation", f"https://{landing}")


@pytest.mark.parametrize("region", HOSTS)
def test_a_buckets_key_is_used_through_s3_of_its_own_partition(region: str):
    """kms:ViaService with another suffix would never match, and nothing could be read."""
    partition = Clients(region=region).partition(region)
    facts = BucketFacts(
        partition=partition,
        region=region,
        dns_suffix=suffix(partition),
        kms_key=f"arn:{partition}:kms:{region}:1:key/k",
    )
    place = in_bucket("acme-reports", "2026/")
    written = S3().statements(Entitlement(resource=place, levels=frozenset({Level.READ})), facts)

    assert f'"kms:ViaService": "s3.{region}.{HOSTS[region][0]}"' in json.dumps(written[-1].conditions)


def test_a_partition_that_does_not_exist_is_not_guessed_at():
    """Better an error than a condition that never matches."""
    with pytest.raises(ValueError, match="no partition “aws-moon”"):
        suffix("aws-moon")
