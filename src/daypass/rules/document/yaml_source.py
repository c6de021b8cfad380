"""
YAML in, plain data and its line numbers out.

Read event by event, not with YAML's own composer: aliases are refused, so that nothing can be multiplied by them
("billion laughs"), depth and size are bounded before anything is built, and a key given twice is a fault where
YAML silently keeps the last. Only true, false, null and whole numbers are more than text: `on` and `no` stay words.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from daypass.model.errors import Fault, RulesUnreadable
from daypass.model.words import unseen

Data = dict[str, "Data"] | list["Data"] | str | int | bool | None
Path = tuple[str | int, ...]

LARGEST = 1_048_576
"""Bytes of a document; a thousand rules are about a quarter of that."""

_DEEPEST = 12
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_HINTS = (
    ("alias", "Put patterns in quotes: a word that begins with * or & means something else in YAML."),
    ("anchor", "Put patterns in quotes: a word that begins with * or & means something else in YAML."),
    (
        "mapping values are not allowed",
        "There is a colon too many, or the line is indented too far; put text with a colon in quotes.",
    ),
    ("quoted scalar", "A quotation mark is not closed."),
    ("flow", "A bracket is not closed, or a comma is lacking."),
    ("block", "Indent it as its neighbours are; a list's entries all begin with “- ” in one column."),
    ("cannot start any token", 'Put the text in quotes: "...".'),
    ("expected ':'", "A key and its value are written “key: value”."),
    ("document", "Give one document alone, without --- inside."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSource:
    """A document as plain data, with the line (from 1) of every value and key in it."""

    data: Data
    lines: Mapping[Path, int]
    faults: tuple[Fault, ...]
    """What can be said of the text alone; the data is whole all the same."""

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


_MARK = "\ufeff"
"""May stand before everything: some editors write it."""


def read(text: str | bytes, *, name: str) -> DocumentSource:
    """Read a document. Raises RulesUnreadable when it is no YAML, too large or too deep to be read at all."""
    plain = _plain(text, name)
    reader = _Reader(name, yaml.parse(plain, Loader=_LOADER))
    try:
        data = reader.document()
    except yaml.YAMLError as error:
        raise RulesUnreadable(tuple(_yaml_faults(error, plain, name))) from None
    hidden = (_hidden(name, number, line) for number, line in enumerate(plain.lstrip(_MARK).split("\n"), start=1))
    faults = (*reader.faults, *(fault for fault in hidden if fault))
    return DocumentSource(data=data, lines=reader.lines, faults=faults)


def _hidden(name: str, line: int, text: str) -> Fault | None:
    """Name the first sign of a line that nobody sees, or that shows what is around it in another order."""
    if (found := next(unseen(text), None)) is None:
        return None
    sentence = f"There is a sign in this line that cannot be seen (U+{ord(found[1]):04X}); it may change what is read."
    return Fault(file=name, line=line, sentence=sentence, suggestion="Take it out, or type the line again.")


class _Reader:
    """Goes through the events of one document once."""

    def __init__(self, name: str, events: Iterator[yaml.Event]) -> None:
        self.name = name
        self.events = events
        self.lines: dict[Path, int] = {(): 1}
        self.faults: list[Fault] = []

    def document(self) -> Data:
        """Read the one document there may be."""
        data: Data = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                value = self._value(next(self.events), ())
                data = value if documents == 1 else data
                if documents == 2:  # noqa: PLR2004 - the second of one
                    self._fault(event, "A second document begins here.", "Give one document alone, without --- inside.")
        return data

    def _value(self, event: yaml.Event, path: Path) -> Data:
        self.lines[path] = _line(event)
        if isinstance(event, yaml.ScalarEvent) and (fault := _hidden(self.name, _line(event), event.value)):
            self.faults.append(fault)
        if len(path) > _DEEPEST:
            raise RulesUnreadable(
                (self._at(event, "Nothing in the rules is nested as deep as this.", "See docs/rules.md for the form."),)
            )
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            self._fault(
                event,
                f"Anchors (&{event.anchor}) are not read here.",
                "Give the people a name under “groups” and use that.",
            )
        if tag := getattr(event, "tag", None):
            self._fault(event, f"Tags ({tag}) are not read here.", "Leave it out.")
        match event:
            case yaml.MappingStartEvent():
                return self._mapping(path)
            case yaml.SequenceStartEvent():
                return self._sequence(path)
            case yaml.ScalarEvent():
                return _scalar(event)
            case _:
                return None

    def _alias(self, event: yaml.AliasEvent) -> Data:
        self._fault(
            event, f"Aliases (*{event.anchor}) are not read here.", "Put patterns in quotes; for people, use “groups”."
        )
        return f"*{event.anchor}"

    def _sequence(self, path: Path) -> list[Data]:
        items: list[Data] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, Data]:
        items: dict[str, Data] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event, path)
            if key in items:
                self._fault(
                    event,
                    f"“{key}” is given twice; the first is on line {self.lines[*path, key]}.",
                    "Keep one of them.",
                )
            value = self._value(next(self.events), (*path, key))
            self.lines[*path, key] = _line(event)
            items[key] = value
        return items

    def _key(self, event: yaml.Event, path: Path) -> str:
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        self._value(event, (*path, "?"))
        self._fault(event, "A list or a mapping cannot be the name of a field.", "Write “name: value”.")
        return "?"

    def _fault(self, event: yaml.Event, sentence: str, suggestion: str) -> None:
        self.faults.append(self._at(event, sentence, suggestion))

    def _at(self, event: yaml.Event, sentence: str, suggestion: str) -> Fault:
        return Fault(file=self.name, line=_line(event), sentence=sentence, suggestion=suggestion)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _scalar(event: yaml.ScalarEvent) -> Data:
    text = str(event.value)
    if not event.implicit[0] or event.style in ("'", '"', "|", ">"):
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    return int(text) if _NUMBER.fullmatch(text) else text


def _plain(text: str | bytes, name: str) -> str:
    data = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    if len(data) > LARGEST:
        raise RulesUnreadable((_too_large(len(data), name),))
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        fault = Fault(file=name, line=line, sentence="This is not text in UTF-8.", suggestion="Save it as UTF-8.")
        raise RulesUnreadable((fault,)) from None


def _too_large(size: int, name: str) -> Fault:
    sentence = f"The document has {size:,} bytes; {LARGEST:,} are the most."
    return Fault(
        file=name,
        line=1,
        sentence=sentence,
        suggestion="Use Slack user groups and wider patterns in place of long lists.",
    )


def _yaml_faults(error: yaml.YAMLError, text: str, name: str) -> Iterator[Fault]:
    tabs = [
        number for number, line in enumerate(text.splitlines(), 1) if "\t" in line[: len(line) - len(line.lstrip())]
    ]
    for line in tabs:
        yield Fault(
            file=name,
            line=line,
            sentence="A tab stands in the indentation.",
            suggestion="Indent with spaces; YAML forbids tabs.",
        )
    if tabs:
        return
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else text.count("\n", 0, getattr(error, "position", 0)) + 1
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    said = f"{getattr(error, 'context', None) or ''} {problem}"
    hint = next((hint for words, hint in _HINTS if words in said), "")
    yield Fault(
        file=name, line=min(line, text.count("\n") + 1), sentence=f"This is not YAML: {problem}.", suggestion=hint
    )
