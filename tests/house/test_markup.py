"""Only Slack's door writes as Slack does: below it, a sentence refers to people, and each door renders that."""

import ast
import re

import pytest

from tests.house.sources import SOURCE, modules, tree

SLACK = "src/daypass/doors/slack/"
MARKUP = re.compile(r"<@|<!(?:subteam|here|channel|everyone)|mrkdwn|(?<![\w*])\*[A-Za-z][A-Za-z ]*\*(?![\w*])")
READS_IT = {
    "src/daypass/doors/language/person.py": "a mention, as people paste one",
    "src/daypass/demo/play_approvals.py": "what the local Slack shows",
}
"""Who reads what Slack writes, and writes none of it."""


def written(text: str) -> list[str]:
    """The strings of a module in which there is markup of Slack's; its docstrings and comments may show some."""
    every = list(ast.walk(tree(text)))
    docstrings = {id(node.value) for node in every if isinstance(node, ast.Expr)}
    strings = (one for one in every if isinstance(one, ast.Constant) and id(one) not in docstrings)
    return [one.value for one in strings if isinstance(one.value, str) and MARKUP.search(one.value)]


def test_no_markup_of_slack_is_written_outside_its_door():
    """A sentence of a verb is read in a terminal, in a browser and in the journal too."""
    elsewhere = {path: text for path, text in modules(SOURCE).items() if not path.startswith(SLACK)}
    found = {path: markup for path, text in elsewhere.items() if (markup := written(text))}

    assert found.keys() <= READS_IT.keys(), found


@pytest.mark.parametrize(
    "line", ['f"by <@{who}> already"', '"<!subteam^S0LEADS>"', '{"type": "mrkdwn"}', '"It is *live* now"']
)
def test_markup_is_noticed(line: str):
    """What the test above looks for, each once."""
    assert written(line.join(("x = ", "\n")))
