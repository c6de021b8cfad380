"""
Places to offer while somebody types: those that exist and that the rules let this person ask for.

What lies in a bucket is offered to those alone who could list it: whoever may only write there learns no names here.
"""

import structlog

from daypass.doors.services import Services
from daypass.doors.slack.blocks import LONGEST_OPTION_VALUE
from daypass.model.decision import Question
from daypass.model.entitlement import LIST, READ, Entitlement
from daypass.model.errors import BadInput, DaypassError, NotFound
from daypass.model.grant import Delivery
from daypass.model.principal import Principal, PrincipalId
from daypass.model.resource import BARE, Resource
from daypass.resources.registry import parse_resource
from daypass.rules.explain.suggestable import may_name, may_request, may_see, nearest_place
from daypass.rules.load.read import RuleBook

_LIST = frozenset({LIST})

log = structlog.get_logger()

MOST = 100
"""Slack shows no more."""


def places(services: Services, by: PrincipalId, typed: str) -> list[str]:
    """
    Names of buckets while one is typed, then the prefixes and objects in it, one level at a time.

    What was typed is offered first when it is a place by itself, so that one can ask for what is not there yet.
    """
    book, person = services.rules(), services.directory.principal(by)
    plain = _plain(typed)
    try:
        found = _within(services, book, person, plain) if "/" in plain else _buckets(services, book, person, plain)
    except DaypassError as error:  # AWS shows us nothing, and what was typed can be asked for all the same
        log.warning("slack.nothing_suggested", error=error.report)
        found = []
    fitting = dict.fromkeys(
        place for place in [*_itself(book, person, typed), *found] if len(place) <= LONGEST_OPTION_VALUE
    )
    return list(fitting)[:MOST]


def _plain(typed: str) -> str:
    """What an address says, and else what was typed: a part of a name is no resource yet."""
    try:
        place = parse_resource(typed)
    except BadInput:
        return typed.strip()
    return place.path if ":" in typed and place.kind == BARE else typed.strip()


def _buckets(services: Services, book: RuleBook, person: Principal, typed: str) -> list[str]:
    named = [
        bucket for bucket in services.catalogue.buckets() if typed.lower() in bucket and may_see(book, person, bucket)
    ]
    return sorted(named, key=lambda bucket: (not bucket.startswith(typed.lower()), bucket))


def _within(services: Services, book: RuleBook, person: Principal, typed: str) -> list[str]:
    bucket, _, start = typed.partition("/")
    if not may_see(book, person, bucket, levels=_LIST):
        return []
    try:
        keys = services.catalogue.prefixes(bucket, start)
    except (BadInput, NotFound):
        return []
    return [f"{bucket}/{key}" for key in keys if may_name(book, person, bucket, key, levels=_LIST)]


def nearly(services: Services, by: PrincipalId, typed: str) -> list[str]:
    """Find the place, of those that rules lend this person, that may have been meant where nothing fits."""
    book, person = services.rules(), services.directory.principal(by)
    try:
        wanted = Entitlement(resource=parse_resource(typed), levels=frozenset({READ}))
    except BadInput:
        return []
    asked = Question(principal=person, entitlement=wanted, length=None, delivery=Delivery.SESSION)
    near = nearest_place(book, asked)
    return [str(near)] if near and len(str(near)) <= LONGEST_OPTION_VALUE else []


def _itself(book: RuleBook, person: Principal, typed: str) -> list[str]:
    try:
        place: Resource = parse_resource(typed)
    except BadInput:
        return []
    if place.kind != BARE:
        return [str(place)] if may_request(book, person, place) else []
    return [str(place)] if may_see(book, person, place.root, place.inner) else []
