"""Where tickets are kept: whether one exists, and is open."""

from daypass.directory.trackers.jira import Jira

__all__ = ["Jira"]
