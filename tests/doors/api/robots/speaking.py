"""Robots, workloads and agents as they speak over HTTP."""

from typing import Any

import httpx2

from daypass.model.principal import PrincipalId
from tests.doors.house import House
from tests.workload_identity.issuer import Issuer

DEPLOY = PrincipalId("bot:deploy")
OTHER = PrincipalId("bot:other")
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT = "urn:ietf:params:oauth:token-type:jwt"
ASK = {"text": "s3 read acme-reports/2026/ --for 1h --reason nightly"}


def added(bob: httpx2.Client, **more: object) -> dict[str, Any]:
    """Have Bob add the robot."""
    answer = bob.post("/v1/robots", json={"name": "deploy", "days": 30, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def speaking(house: House, token: str) -> httpx2.Client:
    """Speak as whoever holds a token."""
    return httpx2.Client(base_url=house.url, headers={"Authorization": f"Bearer {token}"})


def by_workload(bob: httpx2.Client, issuer: Issuer, name: str = "deploy", **claims: str) -> None:
    """Have Bob add a robot that comes with the tokens of the issuer."""
    named = {"sub": "repo:acme/deploy:ref:refs/heads/main", **claims}
    body = {"name": name, "issuer": issuer.url, "audience": "daypass", "claims": named}
    assert bob.post("/v1/robots", json=body).status_code == 201


def exchanged(client: httpx2.Client, token: str, **more: str) -> httpx2.Response:
    """Exchange a token, as a program does that knows nothing but the standard."""
    form = {"grant_type": GRANT_TYPE, "subject_token": token, "subject_token_type": JWT, **more}
    return client.post("/v1/token", data=form)


def narrowed(client: httpx2.Client, token: str, **more: str) -> httpx2.Response:
    """Exchange a person's own token for one that an agent may have."""
    kind = "urn:ietf:params:oauth:token-type:access_token"
    return exchanged(client, token, subject_token_type=kind, **more)
