"""
Every way out of the house: what it remembers (memory), its journal (book), and what lies outside (outside).

The movers (lifecycle, reconcile) get these as arguments; adapters further out answer to them. Each docstring is
the contract that the contract tests check. Every method may raise Unavailable.
"""

from daypass.ports.fence import Fence, Overtaken
from daypass.ports.journal import Consistent, HeadPlace, Included, Journal, SignedCheckpoint
from daypass.ports.memory import (
    Ledger,
    Logins,
    Message,
    Page,
    Postings,
    Records,
)
from daypass.ports.outbox import Backlog, Notice, Outbox
from daypass.ports.outside import (
    Catalogue,
    Clearance,
    Credentials,
    Directory,
    DryRun,
    Facts,
    Leavers,
    MarkedObject,
    Paper,
    PostForm,
    Provisioner,
    SignedUrl,
    Strange,
    Sweep,
    Vendor,
)
from daypass.ports.queue import Claim, FailedStep, Queue
from daypass.ports.scrub import AlteredRow, Scrub
from daypass.ports.words import Words

__all__ = [
    "AlteredRow",
    "Backlog",
    "Catalogue",
    "Claim",
    "Clearance",
    "Consistent",
    "Credentials",
    "Directory",
    "DryRun",
    "Facts",
    "FailedStep",
    "Fence",
    "HeadPlace",
    "Included",
    "Journal",
    "Leavers",
    "Ledger",
    "Logins",
    "MarkedObject",
    "Message",
    "Notice",
    "Outbox",
    "Overtaken",
    "Page",
    "Paper",
    "PostForm",
    "Postings",
    "Provisioner",
    "Queue",
    "Records",
    "Scrub",
    "SignedCheckpoint",
    "SignedUrl",
    "Strange",
    "Sweep",
    "Vendor",
    "Words",
]
