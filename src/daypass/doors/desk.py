"""What every door has within reach. Wiring lays it out; a door hands a verb what it needs from here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daypass.lifecycle.asked import Asked, AskedNow
from daypass.lifecycle.attempts import Attempts
from daypass.lifecycle.inventory import Inventory
from daypass.lifecycle.soon import PATIENCE_S
from daypass.lifecycle.visibility import Sight
from daypass.model.errors import RulesUnreadable
from daypass.model.grant import Delivery
from daypass.ports import Book, Catalogue, Directory, Ledger, Logins, Outbox, Postings, Provisioner, Queue, Vendor
from daypass.rules.document import RuleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The collaborators of the doors."""

    clock: Callable[[], datetime]
    ledger: Ledger
    queue: Queue
    outbox: Outbox
    postings: Postings
    logins: Logins
    book: Book
    directory: Directory
    catalogue: Catalogue
    provisioners: Mapping[Delivery, Provisioner]
    vendor: Vendor
    rules: Callable[[], RuleBook]
    """The rules as they stand now. Raises RulesUnreadable, and then nothing is allowed."""
    public_url: str
    """Where people's browsers and command lines reach this service; no slash at the end."""
    lapse_after: timedelta = timedelta(days=1)
    """A request that nobody decided lapses after this."""
    tracker: bool = False
    """Whether tickets can be looked up."""
    patience_s: float = PATIENCE_S
    """How long a look-up may hold up somebody who ends something."""
    attempts: Attempts = field(default_factory=Attempts, repr=False)
    """What strangers do over and over."""
    asked: Asked = field(init=False, repr=False)
    """What a verb that only takes access away may know besides the ledger."""

    inventory: Inventory = field(init=False, repr=False)
    """Whether what is asked for is there."""

    def __post_init__(self) -> None:
        asked = AskedNow(self.directory, self._rules_now, self.ledger, patience_s=self.patience_s)
        object.__setattr__(self, "asked", asked)
        object.__setattr__(self, "inventory", Inventory(self.catalogue, patience_s=self.patience_s))

    def _rules_now(self) -> RuleBook:
        return self.rules()

    def sight(self, now: datetime) -> Sight:
        """Who may see what, as things are now."""
        return Sight(asked=self.asked, ledger=self.ledger, now=now)

    def readable_rules(self) -> RuleBook | None:
        """The rules, or None while they cannot be read: enough for taking away, never for giving."""
        try:
            return self.rules()
        except RulesUnreadable:
            return None
