"""The people, channels and groups that a local Slack starts with unless told otherwise."""

from localslack.workspace import Channel, Colour, Kind, Person, UserGroup

BOT_USER = "U0DAYPASS"


def people() -> list[Person]:
    """Give four people: one asks, two may approve, one has left."""
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
    """Give two public channels and a private one; the app is in the last two."""
    everyone = {"U0ALICE", "U0BOB", "U0CAROL"}
    return [
        Channel(id="C0GENERAL", name="general", members=set(everyone), topic="Company-wide news"),
        Channel(
            id="C0ACCESS", name="access-requests", members={*everyone, BOT_USER},
            topic="Who needs what, and for how long",
        ),
        Channel(
            id="C0STORAGE", name="storage-approvers", kind=Kind.PRIVATE, members={"U0BOB", "U0CAROL", BOT_USER},
            topic="Approvals for storage",
        ),
    ]  # fmt: skip


def groups() -> list[UserGroup]:
    """Give the one user group that approves."""
    return [UserGroup(id="S0STORAGE", handle="storage-approvers", name="Storage approvers", users=["U0BOB", "U0CAROL"])]
