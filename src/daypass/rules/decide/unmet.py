"""The kinds of things that stand between an ask and a rule."""

from enum import StrEnum


class Hurdle(StrEnum):
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
    Hurdle.PAUSED: "command",
    Hurdle.URGENT: "command",
    Hurdle.PERSON: "person",
    Hurdle.PLACE: "resource",
    Hurdle.LEVEL: "level",
    Hurdle.EXTRAS: "level",
    Hurdle.DELIVERY: "delivery",
    Hurdle.LENGTH: "length",
    Hurdle.AHEAD: "start",
    Hurdle.REASON: "reason",
    Hurdle.TICKET: "reason",
    Hurdle.TIME: "start",
    Hurdle.WORDING: "reason",
    Hurdle.ON_CALL: "person",
    Hurdle.LIVE_GRANTS: "person",
    Hurdle.TAGS: "resource",
    Hurdle.ACCOUNT: "resource",
    Hurdle.SENSITIVITY: "resource",
    Hurdle.APPROVERS: "person",
    Hurdle.REVIEWERS: "person",
}
"""The word of the ask beside which a form shows the sentence."""
