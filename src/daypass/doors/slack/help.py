"""What can be typed, as a person reads it in Slack: lines that wrap on a telephone, where columns would fall apart."""

from importlib.metadata import version

import click

from daypass.doors.language import COMMANDS, SLACK_VERBS
from daypass.doors.slack.blocks import Note, code, context, escape, section
from daypass.doors.slack.texts import help as said

_PROGRAM = "/daypass"
_NOT_HERE = frozenset({"wait", "help"})
"""Options that mean something on a command line alone."""


def helped(verb: str | None) -> Note:
    """Explain one command, or list them all."""
    return _listed() if verb is None else _explained(COMMANDS[verb], f"{_PROGRAM} {verb}")


def _listed() -> Note:
    lines = [f"{code(f'{_PROGRAM} {verb}')} {escape(COMMANDS[verb].short_help or '')}" for verb in SLACK_VERBS]
    blocks = (
        section(f"*{said.TITLE}*"),
        section("\n".join(lines)),
        context(f"{said.MORE} {said.version(version('daypass'))}."),
    )
    return Note(text=said.summary(len(lines)), blocks=blocks)


def _explained(command: click.Command, name: str) -> Note:
    context_ = click.Context(command, info_name=name)
    pieces = [piece for piece in command.collect_usage_pieces(context_) if piece != context_.command.options_metavar]
    paragraphs = [" ".join(part.split()) for part in (command.help or "").split("\n\n")]
    options = [_option(one, context_) for one in command.get_params(context_) if one.name not in _NOT_HERE]
    blocks = [section(code(" ".join([name, *pieces]))), section(escape("\n".join(paragraphs)))]
    if lines := [line for line in options if line]:
        blocks.append(section("\n".join(lines)))
    if command.epilog:
        word, _, typed = command.epilog.partition(" ")
        blocks.append(context(f"{word} {code(f'{_PROGRAM} {typed}')}"))
    return Note(text=escape(paragraphs[0]), blocks=tuple(blocks))


def _option(parameter: click.Parameter, context_: click.Context) -> str:
    record = parameter.get_help_record(context_)
    return f"{code(record[0])} {escape(record[1])}" if record and record[1] else ""
