"""
What Slack adds to blocks it accepts, before it stores them and gives them back.

Ids that the app left out are made up; text objects get their default flags.
"""

import copy
import secrets
from typing import Any

from localslack.block_kit.shapes import ELEMENTS
from localslack.wire import Json


def finished(blocks: list[Json]) -> list[Json]:
    """Give a copy of accepted blocks with ids and defaults filled in."""
    done = copy.deepcopy(blocks)
    for block in done:
        if not block.get("block_id"):
            block["block_id"] = secrets.token_urlsafe(4)
        _finish(block)
    return done


def _finish(node: Any) -> None:
    if isinstance(node, list):
        for each in node:
            _finish(each)
    elif isinstance(node, dict):
        if node.get("type") in ELEMENTS and not node.get("action_id"):
            node["action_id"] = secrets.token_urlsafe(4)
        elif node.get("type") == "plain_text" and "text" in node:
            node.setdefault("emoji", True)
        elif node.get("type") == "mrkdwn" and "text" in node:
            node.setdefault("verbatim", False)
        for each in node.values():
            _finish(each)
