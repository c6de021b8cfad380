"""Keys in the text forms of signed-note, against the vectors of its reference implementation (golang.org/x/mod)."""

import pickle

import pytest

from daypass.journal.key import BadKey, PublicKey, Signer

PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"


def mangled(text: str) -> set[str]:
    """Every part of the text, and the text with any one letter changed."""
    parts = {text[start:stop] for start in range(len(text)) for stop in range(start, len(text) + 1)}
    changed = {text[:at] + chr(ord(text[at]) + 1) + text[at + 1 :] for at in range(len(text))}
    return (parts | changed) - {text}


def test_the_private_key_has_the_public_key_of_the_reference():
    """Both text forms are read and written as the reference does."""
    signer = Signer.parse(PRIVATE)

    assert signer.public == PublicKey.parse(PUBLIC)
    assert (signer.private_text(), signer.public.text) == (PRIVATE, PUBLIC)


def test_blanks_around_a_key_do_not_matter():
    """A key file ends in a newline, and that is no fault."""
    assert PublicKey.parse(f" {PUBLIC}\n").text == PUBLIC


@pytest.mark.parametrize(
    "other",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_a_key_of_another_sort_is_refused(other):
    """A wrong length, an unknown algorithm and a forbidden name are refused, though their ids may fit."""
    with pytest.raises(BadKey):
        PublicKey.parse(other)


def test_a_mangled_public_key_is_refused():
    """No part of a public key and no public key with a letter changed is taken for one."""
    for text in mangled(PUBLIC):
        with pytest.raises(BadKey):
            PublicKey.parse(text)


def test_a_mangled_private_key_is_refused_without_repeating_it():
    """The error for a private key that does not read never shows any of it."""
    for text in mangled(PRIVATE):
        with pytest.raises(BadKey) as caught:
            Signer.parse(text)
        assert "AYEKFALV" not in str(caught.value)


def test_a_private_key_given_as_the_public_one_is_refused():
    """Somebody who mixes the two up is told so, and nothing of the key is shown."""
    with pytest.raises(BadKey, match="That is a private key") as caught:
        PublicKey.parse(PRIVATE)

    assert "AYEKFALV" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\x00b", "a\u2028b"])
def test_a_name_that_would_break_a_note_is_refused(name):
    """A key's name has no blanks, plus signs or control characters, and is not empty."""
    with pytest.raises(BadKey, match="name"):
        Signer.generate(name)


def test_what_a_key_signs_it_verifies():
    """A new key verifies its own signature, and none over other bytes or by another key."""
    one, other = Signer.generate("example.com/a"), Signer.generate("example.com/a")
    signature = one.sign(b"text")

    assert one.public.verifies(b"text", signature)
    assert not one.public.verifies(b"texT", signature)
    assert not other.public.verifies(b"text", signature)


def test_a_signer_never_shows_its_private_key():
    """Neither repr nor str nor a pickle gives the private half away."""
    signer = Signer.parse(PRIVATE)

    assert "AYEKFALV" not in repr(signer) + str(signer) + f"{signer}" + repr({"key": [signer]})
    assert PUBLIC in repr(signer)
    with pytest.raises(TypeError):
        pickle.dumps(signer)
