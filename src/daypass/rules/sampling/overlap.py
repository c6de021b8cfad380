"""
Places that two patterns have in common: the widest that is easily named, to ask the rules about.

Both are walked at once, token by token; what they agree on is a name that both match. Wildcards stand for
something first, and for nothing where they do not meet otherwise.
"""

from collections.abc import Iterator, Sequence

from daypass.model.errors import BadInput
from daypass.model.resource import Resource, prefix
from daypass.resources.registry import resource_at
from daypass.rules.match.patterns import Pattern

_SOMETHING = "++"
"""A token for one character that is no slash; a literal has one character alone."""
_LETTER = "j"
"""Of which names are made; nobody has spoken of `jj`, where there are rules for a folder `x`."""
_FILLED = ((3, 2), (3, 1), (1, 1), (0, 1), (3, 0), (1, 0), (0, 0))
"""How many characters each wildcard stands for at least, in the bucket and in the key; tried in this order."""

Tokens = Sequence[str]
"""Literals of one character, `*`, `**` and `_SOMETHING`."""


def meeting(one: Pattern, other: Pattern) -> Resource | None:
    """
    Name a place that lies inside both patterns, as wide as both allow. None where none is found.

    Two patterns that are open at their end meet in a prefix, others in one object.
    """
    if not one.speaks_of(other):
        return None
    for in_bucket, in_key in _FILLED:
        name = _name(_tokens(one, in_bucket, in_key), _tokens(other, in_bucket, in_key))
        place = None if name is None else _place(name, one)
        if place is not None and one.contains(place) and other.contains(place):
            return place
    return None


def samples(pattern: Pattern) -> Iterator[Resource]:
    """Name places that lie inside a pattern, as wide as it allows: a `**` within it is one folder, and then three."""
    if (shallow := meeting(pattern, pattern)) is not None:
        yield shallow
    tokens = _tokens(pattern, *_FILLED[0], folders=2)
    deep = _place(_name(tokens, tokens) or "", pattern)
    if deep is not None and deep != shallow and pattern.contains(deep):
        yield deep


def _tokens(pattern: Pattern, in_bucket: int, in_key: int, *, folders: int = 0) -> Tokens:
    """
    Spell a pattern; before each wildcard, but for a `**` at the end, stands so much that it must stand for.

    A `**` in the key can be made to stand for more folders besides.
    """
    spelled = [*pattern.stem.removeprefix(prefix(pattern.kind, pattern.account)), *_spelled(pattern)]
    slash = spelled.index("/") if "/" in spelled else len(spelled)
    found: list[str] = []
    for position, one in enumerate(spelled):
        if one == "*" or (one == "**" and position < len(spelled) - 1):
            found += [_SOMETHING] * (in_bucket if position < slash else in_key)
            found += ["/", *[_SOMETHING] * in_key] * (folders if one == "**" and position > slash else 0)
        found.append(one)
    return found


def _spelled(pattern: Pattern) -> Iterator[str]:
    tail = pattern.tail
    if tail is None:
        return
    for position in range(tail.length):
        if tail.anything >> position & 1:
            yield "**"
        elif tail.segment >> position & 1:
            yield "*"
        else:
            yield next(sign for sign, bits in tail.literals.items() if bits >> position & 1)


def _name(one: Tokens, other: Tokens) -> str | None:
    """Find a name that both spell, by the first way there is; open at its end when both are."""
    seen, ahead = {(0, 0, "")}, [(0, 0, "")]
    while ahead:
        i, j, name = ahead.pop()
        if i == len(one) and j == len(other):
            return name
        if one[i:] == ["**"] and other[j:] == ["**"]:
            return name if name.endswith("/") else f"{name}{_LETTER}/"
        for k, m, sign in _steps(one[i : i + 1], other[j : j + 1]):
            state = i + k, j + m, sign or name[-1:]
            if state not in seen and (sign, name[-1:]) != ("/", "/"):
                seen.add(state)
                ahead.append((i + k, j + m, name + sign))
    return None


def _steps(one: Tokens, other: Tokens) -> Iterator[tuple[int, int, str]]:
    """Yield how far both go, and what they spell. The last is tried first."""
    wild, wilder = _wild(one), _wild(other)
    if wild:
        yield 1, 0, ""
    if wilder:
        yield 0, 1, ""
    if not (one and other) or (wild and wilder):
        return
    if wild or wilder:
        sign = _sign(other[0] if wild else one[0])
        if (one[0] if wild else other[0]) == "**" or sign != "/":
            yield (0, 1, sign) if wild else (1, 0, sign)
    elif one[0] == other[0]:
        yield 1, 1, _sign(one[0])
    elif _SOMETHING in {one[0], other[0]} and "/" not in {one[0], other[0]}:
        yield 1, 1, _sign(other[0] if one[0] == _SOMETHING else one[0])


def _wild(tokens: Tokens) -> bool:
    return bool(tokens) and tokens[0] in {"*", "**"}


def _sign(token: str) -> str:
    return _LETTER if token == _SOMETHING else token


def _place(name: str, pattern: Pattern) -> Resource | None:
    try:
        return resource_at(name, kind=pattern.kind, account=pattern.account)
    except BadInput:
        return None
