"""Who owns the rules now: they are asked about changes of them, and told when the record itself is touched."""

import structlog

from daypass.doors.services import Services
from daypass.model.errors import NotFound
from daypass.model.principal import GroupName, PrincipalId, SlackGroupId

log = structlog.get_logger()


def owners_of_rules(services: Services) -> list[PrincipalId]:
    """Everybody who owns the rules; of a group that is gone nobody. Raises RulesUnreadable."""
    owners = services.rules().owners
    people = set(owners.people)
    groups: list[SlackGroupId | GroupName] = [*owners.slack_groups, *owners.directory_groups]
    for group in groups:
        try:
            people |= services.directory.members(group)
        except NotFound:
            log.warning("slack.owners_group_gone", group=group)
    return sorted(people)
