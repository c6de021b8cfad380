"""
The little company of the demo: who works there, what lies in its buckets, what its rules say.

Alice reads reports, Bob leads the analysts and decides, Carol keeps security, Dave is new and may ask for nothing.
Each has an IAM user with a key and no permission at all, so whatever their keys may do, Daypass lent.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from daypass.demo.ministack import REGION, MiniStack
from localslack import Channel, Colour, Person, UserGroup

APPROVALS = "C0APPROVALS"
LEADS = "S0LEADS"
BOT = "U0DAYPASS"
"""The app's own bot user, invited to the channels."""

PEOPLE = (
    Person(id="U0ALICE", name="alice", real_name="Alice Archer", title="Analyst", colour=Colour.PLUM),
    Person(id="U0BOB", name="bob", real_name="Bob Baker", title="Lead of the analysts", colour=Colour.TEAL),
    Person(id="U0CAROL", name="carol", real_name="Carol Chen", title="Security", colour=Colour.AMBER),
    Person(id="U0DAVE", name="dave", real_name="Dave Dorn", title="New here", colour=Colour.BLUE),
)

OBJECTS = {
    "acme-reports": {
        "2025/q4.csv": "quarter,revenue\n2025-Q4,1289000\n",
        "2026/q1.csv": "quarter,revenue\n2026-Q1,1310000\n",
        "2026/q2.csv": "quarter,revenue\n2026-Q2,1347000\n",
        "2026/forecast/q3.csv": "quarter,revenue\n2026-Q3,1395000\n",
    },
    "acme-payroll": {"2026/salaries.csv": "who,salary\nalice,confidential\n"},
    "acme-uploads": {"inbox/readme.txt": "Put files for the warehouse here.\n"},
}

RULES = """\
# Who may ask for what, for how long, and who decides. Change it while the demo runs: it is read again at every ask
# and at every click.
version: 1

# Who may change these rules, in Slack (/daypass rules) or with `daypass rules apply`; never anybody alone.
owners: {slack_groups: [S0LEADS]}

groups:
  analysts: {people: [U0ALICE, U0BOB]}
  leads: {slack_groups: [S0LEADS]}

rules:
  - id: reports
    about: Analysts read the reports when a lead agrees.
    who: {groups: [analysts]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    delivery: [session, policy, link]
    approve: {anyone_of: {groups: [leads]}}

  - id: inbox
    about: Analysts put files into the warehouse's inbox when a lead agrees.
    who: {groups: [analysts]}
    may: [list, write]
    on: ["acme-uploads/inbox/**"]
    for: {default: 1h, max: 1d}
    approve: {anyone_of: {groups: [leads]}}

  - id: inbox-delete
    about: Deleting from the inbox takes two people, one after the other.
    who: {groups: [analysts]}
    may: [delete]
    on: ["acme-uploads/inbox/**"]
    for: {default: 30m, max: 2h}
    approve:
      stages:
        - {name: lead, anyone_of: {people: [U0BOB]}}
        - {name: security, anyone_of: {people: [U0CAROL, U0DAVE]}, hand_over: [{after: 1h, to: {groups: [leads]}}]}

  - id: emergency
    about: In an emergency analysts read the reports at once (/daypass request ... --urgent); a lead reviews it.
    who: {groups: [analysts]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 30m, max: 2h}
    approve: at-once
    break_glass: {review: {groups: [leads]}, within: 1d}

  - id: no-payroll
    about: Nobody is lent the payroll.
    deny: true
    who: anyone
    may: [list, read, write, delete]
    on: ["acme-payroll/**"]
    because: The payroll is not lent to anybody; talk to Carol.

# What must stay so, whoever changes the rules: `daypass rules test` checks it, and no change that breaks it is taken.
tests:
  - name: Alice reads the reports when a lead agrees
    ask: {person: U0ALICE, s3: read acme-reports/2026/, for: 2h, reason: INC-42}
    expect: allowed
    rule: reports
  - name: nothing is deleted on one person's word
    ask: {person: U0ALICE, s3: delete acme-uploads/inbox/readme.txt, for: 30m, reason: INC-42}
    expect: allowed
    rule: inbox-delete
  - name: the payroll is closed
    ask: {person: U0ALICE, s3: read acme-payroll/, for: 1h, reason: INC-42}
    expect: denied
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """An IAM user's access key."""

    arn: str
    access_key: str
    secret_key: str = field(repr=False)

    def environ(self, endpoint: str) -> dict[str, str]:
        """What makes the `aws` command, or any SDK, speak with these keys to the embedded AWS."""
        return {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def channels() -> list[Channel]:
    """The company's Slack channels."""
    everyone = {*(person.id for person in PEOPLE), BOT}
    return [
        Channel(id="C0GENERAL", name="general", members=set(everyone), topic="Type /daypass help"),
        Channel(
            id=APPROVALS, name="access-requests", members=set(everyone), topic="Who asks for what, and who decides"
        ),
    ]


def groups() -> list[UserGroup]:
    """The company's Slack user groups."""
    return [UserGroup(id=LEADS, handle="leads", name="Leads", users=["U0BOB", "U0CAROL"])]


def fill_buckets(aws: MiniStack) -> None:
    """Make the buckets and what lies in them."""
    s3 = aws.root("s3")
    for bucket, objects in OBJECTS.items():
        s3.create_bucket(Bucket=bucket)
        for key, text in objects.items():
            s3.put_object(Bucket=bucket, Key=key, Body=text.encode())


def hire(aws: MiniStack, tag: str) -> dict[str, KeyPair]:
    """Make an IAM user for each person, tagged with their Slack id, without any permission."""
    iam = aws.root("iam")
    return {person.id: make_user(iam, person.name, {tag: person.id}) for person in PEOPLE}


def make_user(iam: Any, name: str, tags: dict[str, str] | None = None, path: str = "/") -> KeyPair:
    """Make one IAM user and its key."""
    listed = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
    arn = iam.create_user(UserName=name, Path=path, Tags=listed)["User"]["Arn"]
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return KeyPair(arn=arn, access_key=made["AccessKeyId"], secret_key=made["SecretAccessKey"])


def write_rules(directory: Path) -> Path:
    """Put the company's rules where they can be edited."""
    path = directory / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    return path
