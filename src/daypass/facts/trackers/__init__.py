"""Where tickets are kept: whether one exists, and is open."""

from daypass.facts.trackers.jira import Jira

__all__ = ["Jira"]
