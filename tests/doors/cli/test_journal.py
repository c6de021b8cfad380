"""The journal on the command line, and the file's verification without the service."""

from tests.doors.house import House


def exported(house: House, bob):
    """Carry the journal out."""
    house.book.fold()
    file = bob.home / "journal"
    ran = bob("journal", "export", "--output", str(file))
    assert ran.code == 0, ran.err
    return file


def test_an_export_is_verified_offline_with_the_key_that_was_kept(house: House, bob, alone):
    """The machine that verifies can reach nothing."""
    file = exported(house, bob)
    key = bob.home / "key"
    key.write_text(bob("journal", "key").out)
    ran = alone("verify", str(file), "--key", str(key))

    assert (ran.code, "verified under" in ran.out) == (0, True)


def test_an_entry_that_was_altered_is_named(house: House, bob):
    """By its number, with exit code 1."""
    file = exported(house, bob)
    file.write_bytes(file.read_bytes().replace(b"U0BOB", b"U0EVE", 1))
    ran = bob("verify", str(file), "--key", bob("journal", "key").out.strip(), "--json")

    assert ran.code == 1
    assert (ran.json["verified"], ran.json["index"]) == (False, 0)


def test_a_file_may_come_through_a_pipe(house: House, bob, alone):
    """Which cannot be read twice by itself; a wrong entry is named all the same."""
    text = exported(house, bob).read_text()
    key = bob("journal", "key").out.strip()
    whole, changed = (
        alone("verify", "-", "--key", key, given=one) for one in (text, text.replace("U0BOB", "U0EVE", 1))
    )

    assert (whole.code, "verified under" in whole.out) == (0, True)
    assert (changed.code, "Entry 0" in changed.err, changed.err.count("\n")) == (1, True, 1)


def test_a_saved_checkpoint_shows_that_history_was_cut(house: House, ann, bob):
    """A file that ends before what was seen elsewhere is refused."""
    file = exported(house, bob)
    ann("request", "s3", "read", "acme-reports/", "--reason", "x")
    house.book.fold()
    saved = bob.home / "checkpoint"
    saved.write_text(bob("journal", "checkpoint").out)
    ran = bob("verify", str(file), "--key", bob("journal", "key").out.strip(), "--against", str(saved))

    assert ran.code == 1
    assert ran.err.count("\n") == 1


def test_an_export_goes_to_the_standard_output_too(house: House, bob):
    """For a pipe; one that closes early is no error to see."""
    house.book.fold()

    assert bob("journal", "export").out.startswith("{")


def test_somebody_who_decides_on_nothing_is_given_no_file(eve):
    """Not even an empty one, under any name."""
    ran = eve("journal", "export", "--output", str(eve.home / "journal"))

    assert (ran.code, list(eve.home.glob("*journal*"))) == (1, [])


def test_a_key_or_file_that_is_none_is_named(house: House, bob):
    """In one sentence each."""
    file = exported(house, bob)
    key = bob("journal", "key").out.strip()
    sentences = [
        bob("verify", str(file), "--key", "x").err,
        bob("verify", str(file)).err,
        bob("verify", "nothing", "--key", key).err,
    ]

    assert [sentence.count("\n") for sentence in sentences] == [1, 1, 1]
    assert "Say --key as well" in sentences[1]
    assert sentences[2] == "nothing cannot be read: No such file or directory.\n"
