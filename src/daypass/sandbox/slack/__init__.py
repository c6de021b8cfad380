"""A stand-in for Slack's servers and client, for the demo and the tests; see `server`."""

from daypass.sandbox.slack.acting import TROUBLE
from daypass.sandbox.slack.blocking import BlockingActor, BlockingSlack, LoopThread
from daypass.sandbox.slack.choosing import NotThereError
from daypass.sandbox.slack.deliveries import Answer, Delivery, Failure, Family
from daypass.sandbox.slack.driver import Actor
from daypass.sandbox.slack.faults import Broken, Faults
from daypass.sandbox.slack.installation import TokenState
from daypass.sandbox.slack.manifest import Manifest, generous_manifest
from daypass.sandbox.slack.server import LocalSlack
from daypass.sandbox.slack.submitting import Submitted
from daypass.sandbox.slack.surfaces import View
from daypass.sandbox.slack.workspace import Channel, Colour, Kind, Message, Person, UserGroup
from daypass.sandbox.slack.world import ApiCall

__all__ = [
    "TROUBLE",
    "Actor",
    "Answer",
    "ApiCall",
    "BlockingActor",
    "BlockingSlack",
    "Broken",
    "Channel",
    "Colour",
    "Delivery",
    "Failure",
    "Family",
    "Faults",
    "Kind",
    "LocalSlack",
    "LoopThread",
    "Manifest",
    "Message",
    "NotThereError",
    "Person",
    "Submitted",
    "TokenState",
    "UserGroup",
    "View",
    "generous_manifest",
]
