"""The rules of an open house, and one by which Ann may break glass and Bob reviews it."""

from tests.doors.house import RULES

GLASS = (
    RULES
    + """
  - id: glass
    who: {people: [U0ANN]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 4h}
    reason: required
    approve: at-once
    break_glass: {review: {people: [U0BOB]}, within: 1d}
"""
)
