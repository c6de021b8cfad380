"""
What the token of a workload must say, as patterns over its claims.

    acme/deploy           exactly that
    refs/heads/*          `*` any characters but / and :
    repo:acme/deploy:**   `**` any characters at all

A pattern is anchored: it matches the whole claim or not at all. Whoever can get a token of the same issuer (for GitHub,
anybody in the world) must fail by it, so the claim that says who is calling is written out.
"""

import re
from collections.abc import Iterable, Mapping

import re2

from daypass.model.errors import BadInput

GITHUB = "https://token.actions.githubusercontent.com"

_LONGEST = 300
_MOST = 20
_OWN = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti"})
"""Claims that are judged by themselves."""
_WHO = {GITHUB: ("repository", "repository_id", "sub")}
"""Which claims say who is calling, where it is not `sub` alone."""
_NARROW = re.compile(r"[^*]+|[^*]*[^*/:]\*[^*/:]*")
"""Written out, but for one * in the last part that some letter precedes."""
_ONE_REPOSITORY = re.compile(r"repo:[^*/:]+/[^*/:]+:.+")
"""GitHub's `sub`: what follows the repository may be as wide as it likes."""


def check(claims: Mapping[str, str], *, issuer: str) -> tuple[tuple[str, str], ...]:
    """Make sure that patterns say who may come. Raises BadInput (field `claims`)."""
    if len(claims) > _MOST:
        raise BadInput(f"Name {_MOST} claims at most.", field="claims")
    for name, pattern in claims.items():
        _must_read(name, pattern)
    who = _WHO.get(issuer.rstrip("/"), ("sub",))
    if not any(_is_narrow(claims.get(name, ""), issuer) for name in who):
        example = "repository=acme/deploy" if who != ("sub",) else "sub=system:serviceaccount:ci:deploy"
        raise BadInput(
            f"Write out who may come, in {' or '.join(who)}, such as {example}; "
            "a * may stand for the end of a name only.",
            field="claims",
        )
    return tuple(sorted(claims.items()))


def hold(patterns: Iterable[tuple[str, str]], claims: Mapping[str, object]) -> bool:
    """Whether a token says all that it must. What it does not say, or says as a list, does not match."""
    return all(_matches(pattern, claims.get(name)) for name, pattern in patterns)


def _matches(pattern: str, claim: object) -> bool:
    match claim:
        case bool():
            said = str(claim).lower()
        case str() | int():
            said = str(claim)
        case _:
            return False
    return re2.fullmatch(_expression(pattern), said) is not None


def _expression(pattern: str) -> str:
    parts = re.split(r"(\*+)", pattern)
    return "(?s)" + "".join({"*": "[^/:]*", "**": ".*"}.get(part) or re2.escape(part) for part in parts if part)


def _must_read(name: str, pattern: str) -> None:
    if not re.fullmatch(r"[\w.:/-]{1,100}", name):
        raise BadInput(f"“{name[:60]}” is not the name of a claim, such as repository.", field="claims")
    if name in _OWN:
        raise BadInput(
            f"The claim {name} is judged by itself; name the issuer and the audience instead.", field="claims"
        )
    if not 0 < len(pattern) <= _LONGEST or not pattern.isprintable() or "***" in pattern:
        raise BadInput(
            f"What {name} must say is text of {_LONGEST} characters at most; * is any but / and :, ** is any.",
            field="claims",
        )


def _is_narrow(pattern: str, issuer: str) -> bool:
    whole = issuer.rstrip("/") == GITHUB and _ONE_REPOSITORY.fullmatch(pattern) is not None
    return whole or _NARROW.fullmatch(pattern) is not None
