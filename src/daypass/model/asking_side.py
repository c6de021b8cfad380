"""
On whose side a person is: the one answer behind every decision about a request.

    the one who asks, and the one who would have it
    of a bot among them:
      whoever answers for it
      whoever was handed its token                  for as long as that token counts
      whoever named its issuer and its claims       for as long as those count

in every account of theirs: by id, by what the directory knows, by AWS identity. An account of an account is one, too.
Nobody on the asking side decides: not by themselves, not as somebody's delegate,
not by way of a delegate of theirs, not after an escalation, and not by what they said in advance.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from daypass.model.principal import Principal, PrincipalId


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingSide:
    """Everybody on the asking side: those who are known, and every account that is theirs."""

    people: tuple[Principal, ...]
    ids: frozenset[PrincipalId]
    """Also of accounts of which nothing else is known."""

    @classmethod
    def of(cls, asking: Iterable[Principal], known: Iterable[Principal] = ()) -> "AskingSide":
        """The side of these, who ask or would have it; `known` are others of whom something is known."""
        people = list(asking)
        ids = frozenset(chain.from_iterable(_accounts(one) | one.answered_by for one in people))
        rest = list(known)
        while alike := [one for one in rest if _is_of(one, people, ids)]:
            people += alike
            ids |= frozenset(chain.from_iterable(map(_accounts, alike)))
            rest = [one for one in rest if one not in alike]
        return cls(people=tuple({one.id: one for one in people}.values()), ids=ids)

    def includes(self, person: Principal) -> bool:
        """Whether this person is on the asking side, in whichever of their accounts."""
        return _is_of(person, self.people, self.ids)


def _is_of(one: Principal, people: Iterable[Principal], ids: frozenset[PrincipalId]) -> bool:
    return not ids.isdisjoint(_accounts(one)) or any(one.is_also(other) for other in people)


def _accounts(one: Principal) -> frozenset[PrincipalId]:
    return one.same_as | {one.id}
