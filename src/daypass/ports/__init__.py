"""
Every way out of the house: what it remembers (memory) and what lies outside (outside).

The movers (lifecycle, reconcile) get these as arguments; adapters further out answer to them. Each docstring is
the contract that the contract tests check. Every method may raise Unavailable.
"""

from daypass.ports.memory import (
    Book,
    Ledger,
    Logins,
    Message,
    Notice,
    Outbox,
    Postings,
    Queue,
    Trouble,
)
from daypass.ports.outside import (
    Catalogue,
    Credentials,
    Directory,
    Paper,
    PostForm,
    Provisioner,
    Rehearsal,
    SignedUrl,
    Standing,
    Sweep,
    Vendor,
)

__all__ = [
    "Book",
    "Catalogue",
    "Credentials",
    "Directory",
    "Ledger",
    "Logins",
    "Message",
    "Notice",
    "Outbox",
    "Paper",
    "PostForm",
    "Postings",
    "Provisioner",
    "Queue",
    "Rehearsal",
    "SignedUrl",
    "Standing",
    "Sweep",
    "Trouble",
    "Vendor",
]
