"""
The text of the rules in, a rule book out, or every fault in it at once.

A document with one fault is refused whole: a rule that was left out could be the one that denies.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from daypass.model.errors import Fault, RulesUnreadable
from daypass.model.principal import ROBOT
from daypass.rules.document.faults import meant, said
from daypass.rules.document.shape import AllowShape, DenyShape, DocumentShape
from daypass.rules.document.shape_approval import PeopleShape
from daypass.rules.document.values import UNMARKED
from daypass.rules.document.yaml_source import Data, DocumentSource, Path, read
from daypass.rules.load.approval import named, people_of, uncountable
from daypass.rules.load.build import allow_rule, deny_rule
from daypass.rules.rule.examples import read_cases
from daypass.rules.rule.people import NOBODY, Named, NamedPeople, everybody, in_order, unfold
from daypass.rules.rule.rule import EVERYBODY, GrantLimits, Rule
from daypass.rules.rule.rulebook import RuleBook

__all__ = ["RuleBook", "parse"]

S = TypeVar("S", bound=BaseModel)

_UNCOUNTABLE = (
    "“all_of” holds a Slack group; who is in it is only known at the click, so nobody can say when all have agreed.",
    "Write “at_least: 2” and “of: ...”, or name the people one by one.",
)
_SUGGESTED = "Groups are named under “groups” at the top of the document."


def parse(text: str | bytes, *, name: str) -> RuleBook:
    """
    Read a document; `name` is how its faults call it, usually the file's path.

    Raises RulesUnreadable, and nothing else, with every fault there is.
    """
    data = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    reading = _Reading(read(text, name=name), name)
    found = reading.book(hashlib.sha256(data).hexdigest())
    if faults := reading.faults():
        raise RulesUnreadable(faults)
    return found


class _Reading:
    """One pass over one document, collecting faults on the way."""

    def __init__(self, source: DocumentSource, name: str) -> None:
        self.source = source
        self.name = name
        self.found: list[Fault] = list(source.faults)
        self.groups: dict[str, Named] = {}
        self.people: dict[str, NamedPeople] = {}

    def faults(self) -> tuple[Fault, ...]:
        """Every fault, in the order of the lines, each once."""
        return tuple(sorted(dict.fromkeys(self.found), key=lambda fault: fault.line))

    def book(self, digest: str) -> RuleBook:
        """Read the groups, then all that speaks of them; where there is a fault the result is partial."""
        given = self.source.data
        if not isinstance(given, dict):
            self._fault((), *_not_a_document(given))
        data = _mapping(given)
        shape = self._checked(DocumentShape, data, ()) if isinstance(given, dict) else None
        self._groups(data)
        rules = _sequence(data.get("rules"))
        self._robots(data)
        self._twice(rules)
        self._unmarked(data)
        cases, faults = read_cases(_sequence(data.get("tests")), source=self.source, name=self.name)
        self.found.extend(faults)
        return RuleBook(
            name=self.name,
            digest=digest,
            rules=tuple(
                rule for position, given in enumerate(rules) if (rule := self._rule(given, ("rules", position)))
            ),
            groups=self.people,
            owners=everybody(named(shape.owners), self.people) if shape and shape.owners else NOBODY,
            marked={word: tuple(places) for word, places in shape.sensitivity.items()} if shape else {},
            limits=GrantLimits(**shape.limits.model_dump()) if shape else EVERYBODY,
            cases=cases,
        )

    def _groups(self, data: Mapping[str, Data]) -> None:
        for group, people in _mapping(data.get("groups")).items():
            shape = self._checked(PeopleShape, people, ("groups", group))
            self.groups[group] = named(shape) if shape else Named(own=NOBODY)
        self._mentions(data)
        self._circles()
        self.people = unfold(self.groups)

    def _rule(self, data: Data, at: Path) -> Rule | None:
        line = self.source.line(at)
        if isinstance(data, dict) and "deny" in data:
            denies = self._checked(DenyShape, data, at)
            return deny_rule(denies, self.people, line=line) if denies else None
        allows = self._checked(AllowShape, data, at)
        if allows is None:
            return None
        for path in uncountable(allows.approve, self.people):
            self._fault((*at, "approve", *path), *_UNCOUNTABLE)
        return allow_rule(allows, self.people, line=line)

    def _checked(self, shape: type[S], data: object, at: Path) -> S | None:
        try:
            return shape.model_validate(data)
        except ValidationError as error:
            self.found.extend(said(error, source=self.source, at=at, shape=shape, name=self.name))
            return None

    def _mentions(self, data: Mapping[str, Data]) -> None:
        for path, group in _mentioned(data):
            if group not in self.groups:
                self._fault(
                    path, f"There is no group “{group}”.", meant(group, self.groups) if self.groups else _SUGGESTED
                )

    def _robots(self, data: Mapping[str, Data]) -> None:
        """Find groups that decide on something and hold a robot, itself or by way of another group."""
        for path, group in _mentioned(data):
            robots = sorted(one for one in self.people.get(group, NOBODY).people if one.startswith(ROBOT))
            if robots and path[0] != "groups" and "who" not in path:
                self._fault(
                    path,
                    f"The group “{group}” holds {robots[0]}, and a robot never decides.",
                    "Make a group of the people alone.",
                )

    def _unmarked(self, data: Mapping[str, Data]) -> None:
        """Find words for how sensitive a place is that the document does not know."""
        known = [*_mapping(data.get("sensitivity")), UNMARKED]
        for position, rule in enumerate(_sequence(data.get("rules"))):
            given = _sequence(_mapping(_mapping(rule).get("when")).get("sensitivity"))
            for number, word in enumerate(given):
                if isinstance(word, str) and word not in known:
                    path: Path = ("rules", position, "when", "sensitivity", number)
                    self._fault(path, f"No place is marked “{word:.40}”.", meant(word, known))

    def _circles(self) -> None:
        if circle := in_order(self.groups).circle:
            self._fault(
                ("groups", circle[0]),
                f"These groups contain each other: {', '.join(circle)}.",
                "Take one of them out of another.",
            )

    def _twice(self, rules: Sequence[Data]) -> None:
        first: dict[str, int] = {}
        for position, rule in enumerate(rules):
            given, path = rule.get("id") if isinstance(rule, dict) else None, ("rules", position, "id")
            if isinstance(given, str) and first.setdefault(given, position) != position:
                earlier = self.source.line(("rules", first[given], "id"))
                self._fault(
                    path,
                    f"The id “{given}” is taken by the rule on line {earlier}.",
                    "Give each rule an id of its own.",
                )

    def _fault(self, path: Path, sentence: str, suggestion: str) -> None:
        self.found.append(Fault(file=self.name, line=self.source.line(path), sentence=sentence, suggestion=suggestion))


def _not_a_document(data: Data) -> tuple[str, str]:
    if data is None:
        return "The document is empty, and without rules nothing is allowed.", "Begin with one of examples/rules."
    return "The document is not a mapping with “version”, “groups” and “rules”.", "Begin with one of examples/rules."


def _mentioned(data: Mapping[str, Data]) -> Iterator[tuple[Path, str]]:
    """Go through every mention of a group, also in parts that have other faults."""
    for group, people in _mapping(data.get("groups")).items():
        yield from _names(people, ("groups", group))
    yield from _names(data.get("owners"), ("owners",))
    for position, rule in enumerate(_sequence(data.get("rules"))):
        fields, at = _mapping(rule), ("rules", position)
        yield from _names(fields.get("who"), (*at, "who"))
        glass = _mapping(fields.get("break_glass"))
        yield from _names(glass.get("review"), (*at, "break_glass", "review"))
        for path, people in people_of(fields.get("approve")):
            yield from _names(people, (*at, "approve", *path))


def _names(people: Data, at: Path) -> Iterator[tuple[Path, str]]:
    for position, group in enumerate(_sequence(_mapping(people).get("groups"))):
        if isinstance(group, str):
            yield (*at, "groups", position), group


def _mapping(data: Data) -> Mapping[str, Data]:
    return data if isinstance(data, dict) else {}


def _sequence(data: Data) -> Sequence[Data]:
    return data if isinstance(data, list) else ()
