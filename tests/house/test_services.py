"""A service of AWS is named where it is the subject, and nowhere else: a new kind of resource needs no other change."""

import pytest

from tests.house.services import names_a_service
from tests.house.sources import SOURCE, modules

LEFT: dict[str, str] = {}
"""Modules that still name one, each with the reason. It shrinks, and nothing is added."""


def test_a_service_is_named_only_where_it_is_the_subject():
    """Rules, verbs, doors and the store know resources, and not what S3 or IAM call them."""
    texts = {path.removeprefix("src/daypass/"): text for path, text in modules(SOURCE).items()}
    named = {path for path, text in texts.items() if names_a_service(path, text)}

    assert named == set(LEFT)


@pytest.mark.parametrize(
    "text",
    [
        "class BucketPattern:",
        'ACTIONS = ("s3:GetObject",)',
        "from daypass.resources.s3 import in_bucket",
        "    from daypass.resources.role import Role",
        "from daypass.resources import s3",
    ],
)
def test_naming_one_is_noticed(text: str):
    """By a type, by an action, by the module of a kind; in the folder of that kind it is what the folder is for."""
    assert names_a_service("rules/decide/decision.py", text)
    assert not names_a_service("resources/s3.py", text)
