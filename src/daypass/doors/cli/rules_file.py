"""`rules lint`, `test`, `simulate`, `explain`, `show`: a document of rules, tried where it lies, with no service."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from daypass.doors.cli import output
from daypass.doors.cli.context import Here, json_option
from daypass.doors.cli.failure import Failure
from daypass.doors.cli.rules_output import not_in_force
from daypass.doors.refusals import DENIED, ERROR, OK
from daypass.model.decision import Denied, RuleId
from daypass.model.errors import Fault, RulesUnreadable
from daypass.rules.decide.decision import decide
from daypass.rules.decide.outcome import deciding, in_short, outcome
from daypass.rules.describe.rules import in_words
from daypass.rules.document.shape_example import Expected
from daypass.rules.examples.past import PastRequest, read_ask, read_past
from daypass.rules.examples.run import CaseResult, run_cases
from daypass.rules.examples.simulate import Difference, Simulation, tallied
from daypass.rules.explain.explain import RuleVerdict
from daypass.rules.explain.explain import explain as every_rule
from daypass.rules.lint.lint import lint as findings
from daypass.rules.lint.people import unlooked
from daypass.rules.load.read import parse
from daypass.rules.rule.finding import Finding, FindingKind
from daypass.rules.rule.rulebook import RuleBook

_FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)
_LOOKING_S = 300
"""Seconds for the service to look everybody up: each may be a call to Slack."""
_MARKS = {True: "*", False: " "}


def _document(name: str = "file") -> click.Argument:
    return click.Argument([name], type=_FILE, metavar="FILE", help="A document of rules; - is the standard input.")


@click.command(
    "lint",
    params=[
        _document(),
        click.Option(["--live"], is_flag=True, help="Let the service look up the people, groups and schedules too."),
        json_option(),
    ],
    help="""Point out what is wrong in a document of rules, and what can be written and is hardly meant.

    Each with its line and its kind. Exits 1 when there is anything. What is meant all the same is said in the rule:
    “meant: [too-wide]”. Without --live no service is needed, and nobody is asked whether those exist whom it names.""",
)
@click.pass_context
def lint(ctx: click.Context, *, file: Path, live: bool, as_json: bool) -> None:
    """Print faults, or findings where there is no fault; and what was not looked at."""
    faults: list[Fault] = []
    found: list[Finding] = []
    unseen: list[str] = []
    text = _bytes(file)
    try:
        book = parse(text, name=str(file))
        found, unseen = _looked_up(ctx, text, file) if live else (findings(book), unlooked(book))
    except RulesUnreadable as unreadable:
        faults = list(unreadable.faults)
    if as_json:
        told = [_fault(one) | {"kind": one.kind, "rule": one.rule} for one in found]
        shown = {"faults": [_fault(one) for one in faults], "findings": told, "not_looked_at": unseen}
        click.echo(output.as_json(shown))
    else:
        click.echo("\n".join(map(str, [*faults, *found])) or f"{file}: nothing to point out.")
        for one in unseen:
            click.echo(f"Not looked at: {one}", err=True)
        if elsewhere := not_in_force(ctx, text):
            click.echo(elsewhere, err=True)
    ctx.exit(ERROR if faults or found else OK)


def _looked_up(ctx: click.Context, text: bytes, file: Path) -> tuple[list[Finding], list[str]]:
    """Let the service look through the text."""
    here = ctx.find_object(Here)
    assert here is not None  # noqa: S101 - run() put it there
    answer = here.client(patience_s=_LOOKING_S).post("/rules/lint", {"text": text.decode()})
    found = [
        Finding(
            file=str(file),
            line=one["line"],
            rule=RuleId(one["rule"]),
            kind=FindingKind(one["kind"]),
            sentence=one["sentence"],
            suggestion=one["suggestion"],
        )
        for one in answer["findings"]
    ]
    return found, answer["not_looked_at"]


@click.command(
    "test",
    params=[_document(), json_option()],
    help="Try the examples under “tests” of a document. Exits 1 when one does not hold.",
)
@click.pass_context
def test(ctx: click.Context, *, file: Path, as_json: bool) -> None:
    """Print one line an example, and for each that fails why."""
    book = _book(file)
    results = run_cases(book)
    failed = [one for one in results if not one.passed]
    if as_json:
        click.echo(output.as_json({"passed": not failed, "examples": [_result(one) for one in results]}))
    else:
        for one in results:
            _print_result(one, file)
        click.echo(f"{len(results) - len(failed)} of {len(results)} examples hold.", err=bool(failed))
    ctx.exit(ERROR if failed else OK)


@click.command(
    "simulate",
    params=[
        _document(),
        click.Argument(["requests"], type=_FILE, metavar="REQUESTS", help="Requests, one JSON object a line."),
        click.Option(["--against"], type=_FILE, metavar="OTHER", help="Rules to compare with: those in force, say."),
        json_option(),
    ],
    help="""Try rules on a file of requests, one JSON object a line with the fields of an example's “ask”.

    Says how many would be allowed at once, wait or be denied, and with --against which would be decided otherwise than
    OTHER decides them. Without it, a request that says how it was “decided” is compared with that.
    Exits 1 when a line cannot be read; the others are tried all the same.""",
)
@click.pass_context
def simulate(ctx: click.Context, *, file: Path, requests: Path, against: Path | None, as_json: bool) -> None:
    """Print differences as they are found, then the counts. With --json, one object a line."""
    simulation = Simulation(book=_book(file), against=_book(against) if against else None)
    bad = 0
    with _opened(requests) as opened:
        for one in read_past(opened, name=str(requests)):
            if not isinstance(one, PastRequest):
                bad += 1
                _print_faults(one, as_json=as_json)
            elif difference := simulation.ask(one):
                _print_difference(difference, requests, as_json=as_json)
    _print_counts(simulation, bad, as_json=as_json)
    ctx.exit(ERROR if bad else OK)


@click.command(
    "explain",
    params=[
        click.Argument(
            ["what"], metavar="REQUEST | FILE", help="A request by its id; or with --ask, a document of rules."
        ),
        click.Option(
            ["--ask"],
            metavar="ASK",
            help="What to ask FILE, as under “ask” of an example: 'person: U0ANN, s3: read acme-reports/, for: 2h'.",
        ),
        json_option(),
    ],
    help="""Say what every rule makes of one request, matched or not, why, and which decides.

    Of a REQUEST that was made, the rules in force are asked, as if it were made now. Of what --ask says, those in FILE,
    with no service; that exits 2 when it is denied.""",
)
@click.pass_context
def explain(ctx: click.Context, *, what: str, ask: str | None, as_json: bool) -> None:
    """Print the decision and a line a rule; a star marks what decides."""
    if ask is None:
        _explain_request(ctx, what, as_json=as_json)
        return
    book = _book(Path(what))
    asked = read_ask(ask, name="--ask")
    if not isinstance(asked, PastRequest):
        raise Failure("\n".join(f"{one.sentence} {one.suggestion}".strip() for one in asked))
    decision = decide(book, asked.question, asked.around)
    verdicts = every_rule(book, asked.question, asked.around)
    if as_json:
        shown = {"outcome": outcome(decision), "rules": list(deciding(decision)), "sentence": in_short(decision)}
        click.echo(output.as_json(shown | {"verdicts": [_verdict(one) for one in verdicts]}))
    else:
        said = in_short(decision)
        lines = [f"{_MARKS[one.decides]} {one.sentence}" for one in verdicts]
        click.echo("\n".join([f"{said[0].upper()}{said[1:]}.", *lines]))
    ctx.exit(DENIED if isinstance(decision, Denied) else OK)


def _explain_request(ctx: click.Context, request: str, *, as_json: bool) -> None:
    if Path(request).is_file():
        raise Failure(f"{request} is a file; say with --ask what to ask it: --ask 'person: U0ANN, s3: read acme-x/'.")
    here = ctx.find_object(Here)
    assert here is not None  # noqa: S101 - run() put it there
    found = here.client().get(f"/requests/{output.part(request)}/explain")
    lines = [f"{_MARKS[one['decides']]} {one['sentence']}" for one in found["rules"]]
    click.echo(output.as_json(found) if as_json else "\n".join(lines) or "There is no rule at all.")


@click.command("show", params=[_document(), json_option()], help="Say each rule of a document in words.")
def show(*, file: Path, as_json: bool) -> None:
    """Print a sentence or two a rule."""
    book = _book(file)
    if as_json:
        told = [{"id": one.id, "line": one.line, "about": one.about, "sentence": in_words(one)} for one in book.rules]
        click.echo(output.as_json({"rules": told}))
    else:
        click.echo("\n".join(f"{one.id}: {in_words(one)}" for one in book.rules))


def _book(path: Path) -> RuleBook:
    try:
        return parse(_bytes(path), name=str(path))
    except RulesUnreadable as unreadable:
        raise Failure("\n".join(map(str, unreadable.faults))) from None


def _bytes(path: Path) -> bytes:
    with _opened(path) as file:
        return file.read()


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or the standard input, and say it in a sentence when it cannot be read."""
    try:
        with open(0, "rb", closefd=False) if path == Path("-") else path.open("rb") as file:
            yield file
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}.") from None


def _print_result(result: CaseResult, file: Path) -> None:
    case = result.case
    if result.passed:
        click.echo(f"ok    {case.name}")
        return
    click.echo(f"FAIL  {case.name} ({file}:{case.line})", err=True)
    for sentence in result.sentences:
        click.echo(f"      {sentence}", err=True)


def _print_faults(faults: list[Fault], *, as_json: bool) -> None:
    for one in faults:
        click.echo(output.as_line({"fault": _fault(one)}) if as_json else str(one), err=not as_json)


def _print_difference(one: Difference, file: Path, *, as_json: bool) -> None:
    shown = {"line": one.line, "person": one.question.principal.id, "was": one.was, "becomes": one.becomes}
    click.echo(output.as_line({"difference": shown}) if as_json else f"{file}:{one.line}: {one.sentence}")


def _print_counts(simulation: Simulation, bad: int, *, as_json: bool) -> None:
    if as_json:
        before = _counts(simulation.before) if simulation.against else None
        click.echo(output.as_line({"counts": _counts(simulation.counts), "against": before, "unread_lines": bad}))
        return
    click.echo(simulation.sentence)
    for (what, rule), number in sorted(simulation.counts.items(), key=lambda each: -each[1]):
        click.echo(f"  {number:>9,}  {what:<8}  {rule or '(nothing allows it)'}")
    if simulation.against:
        click.echo(f"Against {simulation.against.name}, {tallied(simulation.before)}")
    if bad:
        click.echo(f"{bad} line{'' if bad == 1 else 's'} could not be read.", err=True)


def _counts(counts: Counter[tuple[Expected, str]]) -> list[output.Json]:
    return [{"outcome": what, "rule": rule or None, "count": number} for (what, rule), number in counts.items()]


def _fault(fault: Fault | Finding) -> output.Json:
    return {"file": fault.file, "line": fault.line, "sentence": fault.sentence, "suggestion": fault.suggestion}


def _result(result: CaseResult) -> output.Json:
    return {
        "name": result.case.name,
        "line": result.case.line,
        "passed": result.passed,
        "outcome": outcome(result.decision),
        "sentences": list(result.sentences),
    }


def _verdict(verdict: RuleVerdict) -> output.Json:
    return {
        "rule": verdict.rule,
        "effect": verdict.effect,
        "applies": verdict.applies,
        "decides": verdict.decides,
        "sentence": verdict.sentence,
    }
