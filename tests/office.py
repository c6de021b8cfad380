"""A small office's Slack, with Daypass installed: for tests about who people are, which no person plays a part in."""

from typing import Any

from localslack import BlockingSlack, Channel, Colour, Kind, Person, UserGroup, generous_manifest

BOT = "U0DAYPASS"


def office_slack(**changes: Any) -> BlockingSlack:
    """A local Slack of four people and one group that approves, or with these settings instead."""
    return BlockingSlack(
        **{"manifest": daypass_manifest(), "people": people(), "channels": channels(), "groups": groups(), **changes}
    )


def daypass_manifest() -> dict[str, Any]:
    """Daypass with every scope there is: the tests of its manifest are elsewhere."""
    return generous_manifest(name="Daypass", commands=("/daypass",))


def people() -> list[Person]:
    """One asks, two may approve, one has left."""
    return [
        Person(
            id="U0ALICE", name="alice", real_name="Alice Moreau", email="alice@acme.example",
            title="Data analyst", tz="Europe/Amsterdam", colour=Colour.PLUM,
        ),
        Person(
            id="U0BOB", name="bob", real_name="Bob Okafor", email="bob@acme.example",
            title="Storage lead", tz="Europe/London", colour=Colour.TEAL,
        ),
        Person(
            id="U0CAROL", name="carol", real_name="Carol Jensen", email="carol@acme.example",
            title="Security", tz="America/New_York", colour=Colour.AMBER, is_admin=True,
        ),
        Person(
            id="U0DAVE", name="dave", real_name="Dave Ruiz", email="dave@acme.example",
            title="Contractor (left)", colour=Colour.SLATE, deleted=True,
        ),
    ]  # fmt: skip


def channels() -> list[Channel]:
    """Two public channels and a private one; Daypass is in the last two."""
    everyone = {"U0ALICE", "U0BOB", "U0CAROL"}
    return [
        Channel(id="C0GENERAL", name="general", members=set(everyone)),
        Channel(id="C0ACCESS", name="access-requests", members={*everyone, BOT}),
        Channel(id="C0STORAGE", name="storage-approvers", kind=Kind.PRIVATE, members={"U0BOB", "U0CAROL", BOT}),
    ]


def groups() -> list[UserGroup]:
    """The one user group that approves."""
    return [UserGroup(id="S0STORAGE", handle="storage-approvers", name="Storage approvers", users=["U0BOB", "U0CAROL"])]
