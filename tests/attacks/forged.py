"""Payloads of Slack's, signed as Slack signs them, with in them what a client or a middleman can put there."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import httpx2

from localslack import Message
from tests.attacks.site import NAMES, Site


def press(site: Site, who: str, message: Message, action_id: str, *, state: Any = None) -> httpx2.Response:
    """Press a button of a message; `state` is what was picked beside it, and is left out when it is None."""
    block_id, element = _find(message.blocks, action_id)
    payload = {
        "type": "block_actions",
        "team": {"id": "T0ACME", "domain": "acme"},
        "user": {"id": who, "username": "x", "name": NAMES.get(who, who), "team_id": "T0ACME"},
        "api_app_id": "A0DAYPASS",
        "token": "x",
        "enterprise": None,
        "is_enterprise_install": False,
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": False,
        },
        "channel": {"id": message.channel, "name": "access"},
        "message": {"type": "message", "ts": message.ts, "text": message.text, "blocks": message.blocks},
        "trigger_id": "1.2.3",
        "response_url": f"{site.slack.url}/nowhere",
        "actions": [
            {
                "type": "button",
                "action_id": action_id,
                "block_id": block_id,
                "value": element["value"],
                "text": element["text"],
                "action_ts": f"{time.time():.6f}",
            }
        ],
    }
    if state is not None:
        payload["state"] = state
    return send(site, payload)


def send(site: Site, payload: dict[str, Any]) -> httpx2.Response:
    """Send an interaction."""
    body, sent = urlencode({"payload": json.dumps(payload)}), str(int(time.time()))
    signed = hmac.new(site.slack.signing_secret.encode(), f"v0:{sent}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": sent,
        "X-Slack-Signature": f"v0={signed}",
    }
    return site.http.post("/slack/events", content=body, headers=headers)


def _find(blocks: list[dict[str, Any]], action_id: str) -> tuple[str, dict[str, Any]]:
    for block in blocks:
        for element in block.get("elements", []):
            if element.get("action_id") == action_id:
                return str(block.get("block_id", "")), element
    raise AssertionError(f"there is no {action_id} among {blocks}")
