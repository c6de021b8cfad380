"""
Writes docs/settings.md from src/daypass/settings.py, which is the only place where a setting is explained.

    python scripts/settings_table.py           writes the page
    python scripts/settings_table.py --check   exit 1 when the page is not what would be written
"""

import ast
import dataclasses
import sys
from datetime import timedelta
from pathlib import Path

from daypass import settings
from daypass.model.length import words_for_length

_ROOT = Path(__file__).resolve().parents[1]
PAGE = _ROOT / "docs/settings.md"

_HEAD = """\
# Settings

<!-- Written by scripts/settings_table.py from src/daypass/settings.py; change it there. -->

Each setting is read from the environment, else from the TOML file that `DAYPASS_CONFIG` names, else it is the default.
A name that no setting has is refused at the start, in either place. Lengths of time are written as people write them:
`90s`, `5m`, `1h30m`, `1d`.

```toml
# DAYPASS_CONFIG=/etc/daypass/daypass.toml
[store]
url = "postgresql://daypass@db.example.com/daypass"

[worker]
sweep_every = "5m"
```

AWS's own settings (`AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_PROFILE`, `AWS_ENDPOINT_URL`, ...) are read by the AWS
SDK. The command line on a person's machine reads `DAYPASS_URL`, and for programs
`DAYPASS_TOKEN`, and `DAYPASS_AWS_ENDPOINT_URL` for `daypass exec`; see [cli.md](cli.md).
"""


def page() -> str:
    """Write the page."""
    explained = _explained(Path(settings.__file__).read_text(encoding="utf-8"))
    groups = [getattr(settings.Settings(), one.name) for one in dataclasses.fields(settings.Settings)]
    names = [one.name for one in dataclasses.fields(settings.Settings)]
    return "\n".join([_HEAD, *(_section(name, group, explained) for name, group in zip(names, groups, strict=True))])


def _section(name: str, group: object, explained: dict[str, dict[str, str]]) -> str:
    said = explained[type(group).__name__]
    rows = [_row(name, one, getattr(group, one.name), said) for one in dataclasses.fields(group)]  # type: ignore[arg-type] # each is a dataclass
    head = ["| variable | in the file | default | |", "|---|---|---|---|"]
    return "\n".join([f"## [{name}]", "", said[""], "", *head, *rows, ""])


def _row(group: str, setting: "dataclasses.Field[object]", default: object, said: dict[str, str]) -> str:
    variable = f"DAYPASS_{group}_{setting.name}".upper()
    return f"| `{variable}` | `{setting.name}` | {_default(default)} | {said.get(setting.name, '')} |"


def _default(value: object) -> str:
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case timedelta():
            return words_for_length(value)
        case (str(), *_):
            return " ".join(f"`{one}`" for one in value)
        case None | "" | ():
            return "none"
        case _:
            return f"`{value}`"


def _explained(source: str) -> dict[str, dict[str, str]]:
    """Read what each class and each of its fields says of itself; a class's own words are under the empty name."""
    found: dict[str, dict[str, str]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            said = {"": _plain(ast.get_docstring(node) or "")}
            for field, after in zip(node.body, node.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and _is_text(after):
                    said[field.target.id] = _plain(ast.literal_eval(after.value))  # type: ignore[attr-defined] # _is_text saw an Expr
            found[node.name] = said
    return found


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is as it would be written."""
    if arguments == ["--check"]:
        if PAGE.read_text(encoding="utf-8") == page():
            return 0
        print("docs/settings.md is not what src/daypass/settings.py says; run: python scripts/settings_table.py")
        return 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
