"""
Whether somebody belongs here: the one answer, for everybody whom a request names.

    Slack says of a user                             they
    is_bot, is_workflow_bot, USLACKBOT               are an app
    is_stranger                                      do not belong
    team_id, or a team of enterprise_user, is ours   belong
    another enterprise than ours                     do not belong
    only other teams                                 do not belong, whatever `is_stranger` says
    no team at all                                   are not known: that is no answer, and no refusal

In a channel that two companies share, Slack tells of the other company's people with `is_stranger: false` and their own
team_id. A guest is somebody whom Slack calls restricted; so is an active account of which it says nothing about that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from daypass.model.errors import Misconfigured, NotFound, Unavailable
from daypass.model.principal import PrincipalId


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """The workspace the app is installed in, and the organization that it is part of."""

    team: str
    enterprise: str = ""
    """Empty outside Enterprise Grid."""


def home_of(answer: Mapping[str, Any]) -> Organization:
    """Read the answer to `auth.test`. Raises Misconfigured for an app of a whole organization, Unavailable."""
    if answer.get("is_enterprise_install"):
        raise Misconfigured("The Slack app is installed for a whole organization; install it in the one workspace.")
    team = str(answer.get("team_id") or "")
    if not team:
        raise Unavailable("Slack does not say which workspace Daypass is in; it will be tried again.")
    return Organization(team=team, enterprise=str(answer.get("enterprise_id") or ""))


def must_belong(user: Mapping[str, Any], principal_id: PrincipalId, home: Organization) -> None:
    """Raise NotFound for an app and for somebody of another workspace, Unavailable when Slack does not say."""
    if user.get("is_bot") or user.get("is_workflow_bot") or principal_id == "USLACKBOT":
        raise NotFound(f"{principal_id} is an app; only people can have access.")
    teams, enterprise = _teams(user, home), str(_in_organization(user).get("enterprise_id") or "")
    elsewhere = bool(home.enterprise and enterprise and enterprise != home.enterprise)
    if user.get("is_stranger") or elsewhere or (teams and home.team not in teams):
        raise NotFound(
            f"{principal_id} belongs to another organization or workspace; only people of this one can have access."
        )
    if not teams:
        raise Unavailable(f"Slack does not say which workspace {principal_id} belongs to; it will be tried again.")


def is_guest(user: Mapping[str, Any]) -> bool:
    """Whether this is a guest of the workspace. Of an account that is gone Slack does not say, and it has nothing."""
    if user.get("deleted", False):
        return False
    return bool(user.get("is_restricted", True) or user.get("is_ultra_restricted", False))


def _teams(user: Mapping[str, Any], home: Organization) -> frozenset[str]:
    """Every workspace that Slack names for a person; those of the organization count within it alone."""
    inside = _in_organization(user)
    ours = bool(home.enterprise) and inside.get("enterprise_id") == home.enterprise
    return frozenset(map(str, filter(None, (user.get("team_id"), *((inside.get("teams") or ()) if ours else ())))))


def _in_organization(user: Mapping[str, Any]) -> Mapping[str, Any]:
    found = user.get("enterprise_user")
    return found if isinstance(found, Mapping) else {}
