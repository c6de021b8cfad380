"""Reads a CloudFormation template as AWS does: its short tags, conditions and the few functions that ours uses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_NOTHING = object()
"""What `AWS::NoValue` stands for: the list or map it is in does without it."""


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags."""


def _tagged(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        said: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        said = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        said = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt":
        said = said.split(".")
    return {tag if tag == "Ref" else f"Fn::{tag}": said}


_Loader.add_multi_constructor("!", _tagged)


class RefusedParameter(ValueError):
    """A value that CloudFormation does not take: AllowedPattern must match it whole, and each one of a list."""


def _check(name: str, given: Any, pattern: str | None) -> None:
    for one in given if isinstance(given, list) else [given]:
        if pattern is not None and not re.fullmatch(pattern, str(one)):
            raise RefusedParameter(f"{name} may not be “{one}”")


@cache
def _parsed(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.load(path.read_text(), _Loader)  # noqa: S506 - a safe loader that knows our tags
    return read


@dataclass(frozen=True)
class Template:
    """A template, to be read with parameters of one's choice."""

    parsed: Mapping[str, Any]
    names: Mapping[str, Any]
    """What `Ref` and `Sub` know: parameters, pseudo parameters, and the ARNs of resources as `Name.Arn`."""

    @classmethod
    def read(cls, path: Path, *, given: Mapping[str, str], names: Mapping[str, str]) -> "Template":
        """Read a template with the parameters given, and `names` for what only AWS would know."""
        parsed = _parsed(path)
        parameters = {name: given.get(name, one.get("Default")) for name, one in parsed["Parameters"].items()}
        unknown = given.keys() - parameters.keys()
        assert not unknown, f"the template has no parameter {unknown}"
        for name, one in parsed["Parameters"].items():
            if one["Type"] == "CommaDelimitedList":
                parameters[name] = [word.strip() for word in str(parameters[name]).split(",")]
            _check(name, parameters[name], one.get("AllowedPattern"))
        return cls(parsed, {**parameters, **names})

    def resources(self) -> dict[str, dict[str, Any]]:
        """Say which resources are made, with the values of their properties."""
        return {
            name: self.value(one["Properties"])
            for name, one in self.parsed["Resources"].items()
            if self._holds(one.get("Condition"))
        }

    def outputs(self) -> dict[str, str]:
        """Say what the stack tells whoever made it."""
        return {name: self.value(one["Value"]) for name, one in self.parsed["Outputs"].items()}

    def value(self, written: Any) -> Any:
        """Work out what something in the template comes to. A function that is not known here is an error."""
        match written:
            case list():
                return [one for one in map(self.value, written) if one is not _NOTHING]
            case dict() if len(written) == 1 and next(iter(written)).startswith(("Fn::", "Ref")):
                [(function, argument)] = written.items()
                return self._call(function, argument)
            case dict():
                read = {key: self.value(one) for key, one in written.items()}
                return {key: one for key, one in read.items() if one is not _NOTHING}
            case _:
                return written

    def _call(self, function: str, argument: Any) -> Any:  # noqa: C901, PLR0911 - one line a function
        match function, argument:
            case "Ref", "AWS::NoValue":
                return _NOTHING
            case "Ref", name:
                return self.names[name]
            case "Fn::GetAtt", [name, attribute]:
                return self.names[f"{name}.{attribute}"]
            case "Fn::Sub", [text, more]:
                return self._filled(text, {**self.names, **self.value(more)})
            case "Fn::Sub", text:
                return self._filled(text, self.names)
            case "Fn::If", [condition, then, otherwise]:
                return self.value(then if self._holds(condition) else otherwise)
            case "Fn::Join", [between, parts]:
                return between.join(self.value(parts))
            case "Fn::Split", [at, text]:
                return self.value(text).split(at)
            case "Fn::Equals", [one, other]:
                return self.value(one) == self.value(other)
            case "Fn::Not", [one]:
                return not self.value(one)
            case _:
                raise AssertionError(f"{function} is not understood here")

    def _holds(self, condition: str | None) -> bool:
        return condition is None or bool(self.value(self.parsed["Conditions"][condition]))

    @staticmethod
    def _filled(text: str, names: Mapping[str, Any]) -> str:
        return re.sub(r"\$\{([^}]+)\}", lambda found: str(names[found[1]]), text)
