"""
Plain data written as YAML, on one line, so that rules/document/yaml_source reads exactly that back.

Words that YAML could take for something else, and signs that it does not print, are quoted and escaped.
"""

import re

from daypass.rules.document.yaml_source import Data

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*|[0-9]{1,6}[a-z]")
"""What needs no quotes: words, ids, lengths of time."""
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_UNPRINTED = re.compile('["\\\\\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\ufeff\ufffe\uffff]')


def written(data: Data) -> str:
    """Write a value."""
    match data:
        case dict():
            return f"{{{', '.join(f'{_key(key)}: {written(value)}' for key, value in data.items())}}}"
        case list():
            return f"[{', '.join(map(written, data))}]"
        case bool():
            return str(data).lower()
        case None:
            return "null"
        case int():
            return str(data)
        case str():
            return data if _PLAIN.fullmatch(data) and data.lower() not in _WORDS else _quoted(data)


def lines(rule: dict[str, Data]) -> list[str]:
    """Write a rule, one line for each of its fields."""
    return [f"{_key(key)}: {written(value)}" for key, value in rule.items()]


def _key(key: str) -> str:
    """Write the name of a field, which is text whatever it looks like."""
    return key if _PLAIN.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    return f'"{_UNPRINTED.sub(lambda found: _escape(found[0]), text)}"'


def _escape(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    return f"\\u{ord(sign):04x}"
