"""A stand-in for Slack's servers and client, for the demo and the tests; see `server`."""

from localslack.acting import TROUBLE
from localslack.blocking import BlockingActor, BlockingSlack, LoopThread
from localslack.choosing import NotThereError
from localslack.deliveries import Answer, Delivery, Failure, Family
from localslack.driver import Actor
from localslack.faults import Broken, Faults
from localslack.installation import TokenState
from localslack.manifest import Manifest, generous_manifest
from localslack.server import LocalSlack
from localslack.submitting import Submitted
from localslack.surfaces import View
from localslack.workspace import Channel, Colour, Kind, Message, Person, UserGroup
from localslack.world import ApiCall

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
