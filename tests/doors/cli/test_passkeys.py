"""`daypass passkey`: what it prints, and where it sends its person."""

from tests.doors.house import House
from tests.makers import BOB


def test_the_address_is_all_that_goes_to_the_standard_output(house: House, bob):
    """So that it can be opened by a program; what it is for is said beside it."""
    url = house.url.replace("127.0.0.1", "localhost")
    object.__setattr__(house.desk, "public_url", url)
    ran = bob("passkey", "add")

    assert ran.code == 0
    assert ran.out.startswith(f"{url}/passkeys/new?ticket=")
    assert ran.out.count("\n") == 1
    assert "good once and for 10 minutes" in ran.err


def test_who_has_none_is_told_how_to_add_one(bob):
    """And what is not theirs cannot be removed or forgotten."""
    assert "daypass passkey add" in bob("passkey", "ls").out
    assert bob("passkey", "ls", "--json").json == {"passkeys": []}
    assert "You have no passkey «laptop»" in bob("passkey", "remove", "laptop").err
    refused = bob("passkey", "forget", BOB)
    assert (refused.code, "owners" in refused.err) == (1, True)
