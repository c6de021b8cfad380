"""
YAML that the operator writes (the people file, the map to AWS, the schedules): every fault is told with its line.

A file with a fault is no file: half of what it says would be another company.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from daypass.model.errors import Fault, Misconfigured, RulesUnreadable
from daypass.rules.document.yaml_source import Data, DocumentSource, Path, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something wrong in a document, where it stands, and what to write instead."""

    path: Path
    sentence: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorYaml:
    """A mapping as it was read; it counts only once `must_have_no` flaw was raised."""

    what: str
    """What the document is, as the first words of a sentence: `The people file`."""
    name: str
    data: Mapping[str, Data]
    source: DocumentSource
    form: str
    """What to write, where a flaw does not say it."""

    @classmethod
    def read(cls, text: str | bytes, *, name: str, what: str, form: str, otherwise: str) -> "OperatorYaml":
        """Read a document; an empty one is an empty mapping. Raises Misconfigured, with `otherwise` for no mapping."""
        try:
            source = read(text, name=name)
        except RulesUnreadable as unreadable:
            raise _unreadable(what, unreadable.faults) from None
        data = source.data if source.data is not None else {}
        if not isinstance(data, dict):
            raise _unreadable(what, [*source.faults, Fault(file=name, line=1, sentence=otherwise, suggestion=form)])
        return cls(what=what, name=name, data=data, source=source, form=form)

    def must_have_no(self, flaws: Iterable[Flaw]) -> None:
        """Raise Misconfigured with every fault of the text and every flaw, in the order of their lines."""
        if faults := [*self.source.faults, *map(self._fault, flaws)]:
            raise _unreadable(self.what, faults)

    def _fault(self, flaw: Flaw) -> Fault:
        line = self.source.line(flaw.path)
        return Fault(file=self.name, line=line, sentence=flaw.sentence, suggestion=flaw.suggestion or self.form)


def _unreadable(what: str, faults: Iterable[Fault]) -> Misconfigured:
    lines = sorted(faults, key=lambda fault: fault.line)
    return Misconfigured(f"{what} cannot be read:\n" + "\n".join(str(fault) for fault in lines))
