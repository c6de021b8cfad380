"""Reads the policy templates of the Terraform module, and what main.tf hands to them, without Terraform."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_BLOCK = re.compile(r"%\{ if length\((\w+)\) > 0 ~\}\n(.*?)%\{ endif ~\}\n", re.DOTALL)
_VALUE = re.compile(r"\$\{((?:[^{}]|\$\{[^{}]*\})*)\}")
_EACH = re.compile(r'concat\((\w+), \[for (\w+) in \1 : "\$\{\2\}(\S*)"\]\)')
_OWN_TAGS = re.compile(
    r'^  own_tags = merge\(var\.tags, var\.installation == "" \? \{\} : \{ "(\S+)" = var\.installation \}\)$',
    re.MULTILINE,
)
_RESOURCE = re.compile(r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', re.DOTALL | re.MULTILINE)
_HANDED = re.compile(r'templatefile\("\$\{path\.module\}/policies/(\S+)", \{(.*?)\n  \}\)', re.DOTALL)


def rendered(path: Path, given: Mapping[str, Any]) -> Any:
    """Render a template as `templatefile` does and read the JSON. Anything not used today is an error."""
    text = _BLOCK.sub(lambda found: found[2] if given[found[1]] else "", path.read_text())
    return json.loads(_VALUE.sub(lambda found: _value(found[1], given), text))


def names_in(path: Path) -> set[str]:
    """Name the variables that a template asks for."""
    inside = " ".join([*_VALUE.findall(path.read_text()), *(found[0] for found in _BLOCK.findall(path.read_text()))])
    return set(re.findall(r"[a-z]+(?:_[a-z]+)+", inside))


def handed(main: Path) -> dict[str, set[str]]:
    """Name the variables that main.tf hands to each template."""
    return {
        name: set(re.findall(r"^\s+(\w+)\s+=", body, re.MULTILINE)) for name, body in _HANDED.findall(main.read_text())
    }


def locals_of(main: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Work out the texts in main.tf's `locals`."""
    [block] = re.findall(r"^locals \{\n(.*?)^\}", main.read_text(), re.DOTALL | re.MULTILINE)
    known = dict(given)
    for name, text in re.findall(r'^  (\w+)\s+= "(.*)"$', block, re.MULTILINE):
        known[f"local.{name}"] = re.sub(r"\$\{([^}]+)\}", lambda found: known[found[1]], text)
    return {name.removeprefix("local."): text for name, text in known.items() if name.startswith("local.")}


def tags_of(main: Path, *, tags: Mapping[str, str], installation: str) -> dict[str, dict[str, str]]:
    """Work out the tags of each resource that has any."""
    text = main.read_text()
    [name] = _OWN_TAGS.findall(text)
    known = {"var.tags": dict(tags), "local.own_tags": {**tags, **({name: installation} if installation else {})}}
    return {
        f"{kind}.{which}": known[expression]
        for kind, which, body in _RESOURCE.findall(text)
        for expression in re.findall(r"^  tags\s+= (\S+)$", body, re.MULTILINE)
    }


def _value(expression: str, given: Mapping[str, Any]) -> str:
    if expression in given:
        return str(given[expression])
    if found := re.fullmatch(r"jsonencode\((.*)\)", expression):
        return json.dumps(_list(found[1], given))
    raise AssertionError(f"“{expression}” is not understood here")


def _list(expression: str, given: Mapping[str, Any]) -> list[str]:
    if found := _EACH.fullmatch(expression):
        return [*given[found[1]], *(f"{one}{found[3]}" for one in given[found[1]])]
    return list(given[expression])


def taken(variables: Path, name: str, given: list[str]) -> bool:
    """Whether the regular expression in a list's validation takes each of its values."""
    [block] = re.findall(rf'^variable "{name}" \{{\n(.*?)^\}}', variables.read_text(), re.DOTALL | re.MULTILINE)
    [pattern] = re.findall(r'alltrue\(\[for arn in var\.\w+ : can\(regex\("\^(.*)\$", arn\)\)\]\)', block)
    return all(re.fullmatch(pattern.replace("\\\\", "\\"), one) for one in given)
