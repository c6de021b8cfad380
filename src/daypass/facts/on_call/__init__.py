"""Who is on call at a moment, from the schedules a team keeps already. Never guesses."""

from daypass.facts.on_call.ical import IcalSchedule
from daypass.facts.on_call.incident_io import IncidentIoSchedule
from daypass.facts.on_call.opsgenie import OpsgenieSchedule
from daypass.facts.on_call.pagerduty import PagerDutySchedule
from daypass.facts.on_call.schedule import OnCallSchedule

__all__ = ["IcalSchedule", "IncidentIoSchedule", "OnCallSchedule", "OpsgenieSchedule", "PagerDutySchedule"]
