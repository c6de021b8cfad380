"""The kinds of things that stand between an ask and a rule."""

from enum import StrEnum


class Unmet(StrEnum):
    """What stands in the way. The order is that of the sentences."""

    PAUSED = "paused"
    URGENT = "urgent"
    PERSON = "person"
    PLACE = "place"
    LEVEL = "level"
    EXTRAS = "extras"
    DELIVERY = "delivery"
    LENGTH = "length"
    AHEAD = "ahead"
    REASON = "reason"
    TICKET = "ticket"
    TIME = "time"
    WORDING = "wording"
    ON_CALL = "on-call"
    LIVE_GRANTS = "live grants"
    TAGS = "tags"
    ACCOUNT = "account"
    SENSITIVITY = "sensitivity"
    APPROVERS = "approvers"
    REVIEWERS = "reviewers"


FIELD = {
    Unmet.PAUSED: "command",
    Unmet.URGENT: "command",
    Unmet.PERSON: "person",
    Unmet.PLACE: "resource",
    Unmet.LEVEL: "level",
    Unmet.EXTRAS: "level",
    Unmet.DELIVERY: "delivery",
    Unmet.LENGTH: "length",
    Unmet.AHEAD: "start",
    Unmet.REASON: "reason",
    Unmet.TICKET: "reason",
    Unmet.TIME: "start",
    Unmet.WORDING: "reason",
    Unmet.ON_CALL: "person",
    Unmet.LIVE_GRANTS: "person",
    Unmet.TAGS: "resource",
    Unmet.ACCOUNT: "resource",
    Unmet.SENSITIVITY: "resource",
    Unmet.APPROVERS: "person",
    Unmet.REVIEWERS: "person",
}
"""The word of the ask beside which a form shows the sentence."""
