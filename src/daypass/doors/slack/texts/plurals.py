"""One and several: where a language has more forms than these two, this is the one place that chooses."""


def plural(number: int, *, one: str, other: str) -> str:
    """Choose the sentence for a number, and put it where `{number}` stands; nobody's own words belong in either."""
    return (one if number == 1 else other).format(number=number)
