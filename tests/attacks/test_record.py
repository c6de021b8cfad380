"""Attacks on what the record is worth: by whoever may write the database, and by words that do not belong in it."""

from tests.attacks.site import ALICE, BOB, Site


def test_held_an_edited_entry_does_not_verify(site: Site):
    """One word of an exported entry is changed: `daypass verify` names it."""
    site.approve(BOB, site.ask(ALICE))
    whole = site.export()

    assert site.verify(whole.replace(b"U0BOB", b"U0EVE", 1)).code == 1
