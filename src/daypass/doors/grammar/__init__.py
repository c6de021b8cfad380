"""One grammar for Slack, the command line and the API: whatever a person types is read here."""

from daypass.doors.commands import COMMANDS, SLACK_VERBS, help_for, request_help
from daypass.doors.grammar.draft import Draft, Spoken, parse_delivery, parse_id, parse_reason
from daypass.doors.grammar.said import parse, parse_request
from daypass.doors.grammar.sayings import (
    Again,
    Allow,
    Approve,
    Cancel,
    ComeBack,
    Confirm,
    Deny,
    Done,
    Extend,
    GoAway,
    Help,
    ListMine,
    MakeLink,
    Offers,
    RequestAccess,
    Review,
    Rules,
    Said,
    Show,
    Withdraw,
)
from daypass.doors.grammar.when import parse_moment, parse_term
from daypass.doors.grammar.whom import parse_person
from daypass.doors.grammar.words import did_you_mean, split
from daypass.model.length import parse_length, words_for_length

__all__ = [
    "COMMANDS",
    "SLACK_VERBS",
    "Again",
    "Allow",
    "Approve",
    "Cancel",
    "ComeBack",
    "Confirm",
    "Deny",
    "Done",
    "Draft",
    "Extend",
    "GoAway",
    "Help",
    "ListMine",
    "MakeLink",
    "Offers",
    "RequestAccess",
    "Review",
    "Rules",
    "Said",
    "Show",
    "Spoken",
    "Withdraw",
    "did_you_mean",
    "help_for",
    "parse",
    "parse_delivery",
    "parse_id",
    "parse_length",
    "parse_moment",
    "parse_person",
    "parse_reason",
    "parse_request",
    "parse_term",
    "request_help",
    "split",
    "words_for_length",
]
