"""
Every way out of the house: what it remembers (memory), its journal (book), and what lies outside (outside).

The movers (lifecycle, reconcile) get these as arguments; adapters further out answer to them. Each docstring is
the contract that the contract tests check. Every method may raise Unavailable.
"""

from daypass.ports.fence import Fence, Overtaken
from daypass.ports.journal import Book, Consistent, HeadPlace, Included, SignedCheckpoint
from daypass.ports.memory import (
    Cabinet,
    Ledger,
    Logins,
    Message,
    Notice,
    Outbox,
    Page,
    Postings,
)
from daypass.ports.outside import (
    Catalogue,
    Clearance,
    Credentials,
    Directory,
    Facts,
    Leavers,
    Paper,
    PostForm,
    Provisioner,
    Rehearsal,
    SignedUrl,
    Standing,
    Strange,
    Sweep,
    Vendor,
)
from daypass.ports.queue import Claim, Queue, Trouble
from daypass.ports.scrub import AlteredRow, Scrub
from daypass.ports.words import Words

__all__ = [
    "AlteredRow",
    "Book",
    "Cabinet",
    "Catalogue",
    "Claim",
    "Clearance",
    "Consistent",
    "Credentials",
    "Directory",
    "Facts",
    "Fence",
    "HeadPlace",
    "Included",
    "Leavers",
    "Ledger",
    "Logins",
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
    "Rehearsal",
    "Scrub",
    "SignedCheckpoint",
    "SignedUrl",
    "Standing",
    "Strange",
    "Sweep",
    "Trouble",
    "Vendor",
    "Words",
]
