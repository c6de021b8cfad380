"""What AWS does with narrow access that looks like a fault and is none: the kind says it, and here it is so."""

from dataclasses import replace

import pytest

from daypass.model.grant import Delivery
from daypass.resources.s3_statements import Level, Option
from tests.deliveries.world import INSIDE, PREFIX, World, allowed

READ_WRITE = (Level.READ, Level.WRITE)


def test_aws_refuses_a_list_without_the_slash(world: World):
    """On both servers. Neither hides a missing object as S3 does (403): both judge that list as one of the object."""
    access = world.grant(Delivery.SESSION, Level.READ)
    s3 = world.vended(world.hands.broker.open(access, world.now())).client("s3")

    assert allowed(s3.list_objects_v2, Bucket=world.bucket, Prefix=PREFIX)
    assert not allowed(s3.list_objects_v2, Bucket=world.bucket, Prefix=PREFIX.rstrip("/"))


@pytest.mark.parametrize("tags", [False, True])
def test_read_and_write_reach_tags_only_when_they_are_asked_for(world: World, tags: bool):
    """
    So the AWS command, version 2, cannot copy a large object with read and write alone.

    It asks for the tags of what it copies in parts; `aws` of .servers is version 1, which does not.
    """
    extras = frozenset({Option.TAGS} if tags else ())
    access = replace(world.grant(Delivery.SESSION), entitlement=world.entitlement(*READ_WRITE, extras=extras))
    s3 = world.vended(world.hands.broker.open(access, world.now())).client("s3")
    tagging = {"TagSet": [{"Key": "team", "Value": "data"}]}

    assert allowed(s3.get_object_tagging, Bucket=world.bucket, Key=INSIDE) is tags
    assert allowed(s3.put_object_tagging, Bucket=world.bucket, Key=INSIDE, Tagging=tagging) is tags
