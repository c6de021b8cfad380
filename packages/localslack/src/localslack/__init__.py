"""A stand-in for Slack's servers and client, for the demo and the tests; see `server`."""

from localslack.blocking_client import BlockingActor, BlockingSlack, LoopThread
from localslack.choices import NotThereError
from localslack.deliveries import Answer, Delivery, Failure, Family
from localslack.driver import Actor
from localslack.faults import Broken, Faults
from localslack.installation import TokenState
from localslack.manifest import Manifest, generous_manifest
from localslack.modals import Submitted
from localslack.people import TROUBLE
from localslack.server import LocalSlack
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
