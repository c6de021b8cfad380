# ruff: noqa: RUF001 - the marks that telephones put in for quotes and dashes
"""Text cut into words, as people and their telephones write it."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.doors.language import did_you_mean, split
from daypass.model.errors import BadInput

WORD = st.text(st.characters(categories=["L", "N"], include_characters="/.:-_'\"\\ "), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("  a\t b\n", ["a", "b"]),
        ('--reason "two words" x', ["--reason", "two words", "x"]),
        ("--reason 'two words'", ["--reason", "two words"]),
        ('--reason="two words"', ["--reason=two words"]),
        ("—reason “two words”", ["--reason", "two words"]),
        ("–for 2h", ["--for", "2h"]),
        ("\u2212\u2212for 2h", ["--for", "2h"]),
        ("„zwei Worte“ «deux mots» ‘two words’", ["zwei Worte", "deux mots", "two words"]),
        ("don't and don’t", ["don't", "and", "don’t"]),
        ("‘don’t know’", ["don’t know"]),
        (r'"a \"quoted\" word"', ['a "quoted" word']),
        (r"C:\reports", [r"C:\reports"]),
        ('""', [""]),
        ('"—for"', ["—for"]),
        ("\ufeffrequest\u200b s3", ["request", "s3"]),
        ("a\u00a0b", ["a", "b"]),
        ("2026–Q1/", ["2026–Q1/"]),
    ],
)
def test_text_is_cut_as_it_was_meant(text, words):
    """Curly quotes and long dashes are plain ones; what stands in quotes stays as it is."""
    assert split(text) == words


@pytest.mark.parametrize("text", ['"abc', "--reason “abc", "'abc", '--reason="abc'])
def test_an_open_quote_is_refused_and_named(text):
    """The sentence says after what the quote stands."""
    with pytest.raises(BadInput, match="“abc” is never closed"):
        split(text)


def test_too_much_text_is_refused():
    """Before anything is done with it."""
    with pytest.raises(BadInput, match="8001 characters"):
        split("x" * 8001)


@given(st.lists(WORD, max_size=5))
def test_words_quoted_for_a_shell_come_back(words):
    """What shlex joins with plain quotes is read back word for word."""
    quoted = " ".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words)

    assert split(quoted) == words
    assert shlex.split(quoted) == words


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_without_quotes_is_always_cut(text):
    """Nothing but an open quote, too great a length and broken Unicode is refused."""
    plain = "".join(sign for sign in text if sign not in "\"'“”„«»‘’‚")

    assert len(split(plain)) <= len(plain)


def test_broken_unicode_is_refused():
    """Half of a pair could be stored nowhere."""
    with pytest.raises(BadInput, match="half of a pair"):
        split("request \ud83d")


def test_a_suggestion_is_made_only_when_something_is_near():
    """A guess that is far off would mislead."""
    assert did_you_mean("reed", ["read", "write"]) == " Did you mean “read”?"
    assert did_you_mean("zzz", ["read", "write"]) == ""
