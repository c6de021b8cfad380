"""
How a sealed code is written: twenty-five signs of Crockford's base32 in groups of five, `7K2MQ-...`.

Twenty-three of them are drawn, 115 bits; two are a check, which any one wrong sign and any two that changed places do
not pass (the number that the drawn ones are, modulo 1021). Read from paper: small letters, blanks, O for 0, I and L for
1 are forgiven.
"""

import re
import secrets

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DRAWN, _CHECK, _GROUP = 23, 2, 5
_MODULUS = 1021
_ALIKE = str.maketrans("OIL", "011")


def draw() -> str:
    """Draw a new code."""
    number = secrets.randbits(5 * _DRAWN)
    plain = _written(number, _DRAWN) + _written(number % _MODULUS, _CHECK)
    return "-".join(plain[at : at + _GROUP] for at in range(0, len(plain), _GROUP))


def canonical(text: str) -> str | None:
    """The one way in which a code is hashed; None for what cannot be a code, such as one with a typing error."""
    plain = re.sub(r"[\s-]", "", text).upper().translate(_ALIKE)
    if len(plain) != _DRAWN + _CHECK or not set(plain) <= set(_SIGNS):
        return None
    return plain if _read(plain[_DRAWN:]) == _read(plain[:_DRAWN]) % _MODULUS else None


def _written(number: int, length: int) -> str:
    signs = []
    for _ in range(length):
        number, sign = divmod(number, len(_SIGNS))
        signs.append(_SIGNS[sign])
    return "".join(reversed(signs))


def _read(text: str) -> int:
    number = 0
    for sign in text:
        number = number * len(_SIGNS) + _SIGNS.index(sign)
    return number
