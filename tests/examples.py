"""How many examples a property is tried with: as many as it says, fewer in `make quick`, many more in `make soak`."""

from hypothesis import settings

_USUAL = 100
"""What a property that says nothing gets; a profile says it otherwise for all."""


def examples(count: int) -> settings:
    """Try a property with so many examples, in proportion to what the profile of this run gives to all."""
    given = settings().max_examples
    return settings(max_examples=repeated(count) if given >= _USUAL else min(repeated(count), given))


def repeated(count: int) -> int:
    """How often to repeat what draws by its own dice, in the same proportion."""
    return max(1, count * settings().max_examples // _USUAL)
