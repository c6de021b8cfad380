"""The MACs of rows and entries are those of the standard."""

import hmac

from hypothesis import example, given
from hypothesis import strategies as st

from daypass.journal.encoding import mac
from tests.examples import examples


@examples(200)
@example(b"k" * 65, b"longer than a block")
@example(b"k" * 64, b"")
@given(st.binary(max_size=150), st.binary(max_size=300))
def test_a_mac_is_the_one_of_the_standard(key, message):
    """Whatever the lengths of key and message, it is what the standard library makes of them."""
    assert mac(key, message) == hmac.digest(key, message, "sha256")
