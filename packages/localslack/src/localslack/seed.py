"""The people, channels and groups that a local Slack starts with unless told otherwise."""

from localslack.workspace import APP, Channel, Colour, Kind, Person, UserGroup


def people() -> list[Person]:
    """Give four people: three at work, one who has left."""
    return [
        Person(
            id="U0ALICE", name="alice", real_name="Alice Moreau", email="alice@acme.example",
            title="Engineer", tz="Europe/Amsterdam", colour=Colour.PLUM,
        ),
        Person(
            id="U0BOB", name="bob", real_name="Bob Okafor", email="bob@acme.example",
            title="Team lead", tz="Europe/London", colour=Colour.TEAL,
        ),
        Person(
            id="U0CAROL", name="carol", real_name="Carol Jensen", email="carol@acme.example",
            title="Operations", tz="America/New_York", colour=Colour.AMBER, is_admin=True,
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
        Channel(id="C0PROJECT", name="project", members={*everyone, APP}, topic="What we work on"),
        Channel(
            id="C0LEADS", name="team-leads", kind=Kind.PRIVATE, members={"U0BOB", "U0CAROL", APP},
            topic="Leads only",
        ),
    ]  # fmt: skip


def groups() -> list[UserGroup]:
    """Give one user group."""
    return [UserGroup(id="S0LEADS", handle="team-leads", name="Team leads", users=["U0BOB", "U0CAROL"])]
