"""Lengths of time, as people write them and as they are read back to them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.model.errors import BadInput
from daypass.model.length import parse_length, words_for_length

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LENGTHS = st.integers(min_value=1, max_value=366 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("45s", 45 * SECOND),
        ("90m", 90 * MINUTE),
        ("2h", 2 * HOUR),
        ("1h30m", 90 * MINUTE),
        ("1H30M", 90 * MINUTE),
        ("1d", DAY),
        ("1w", 7 * DAY),
        ("1.5h", 90 * MINUTE),
        ("2 hours", 2 * HOUR),
        ("90 min", 90 * MINUTE),
        ("1 day 2 hours", 26 * HOUR),
        ("1 day, 2 hours and 3 minutes", 26 * HOUR + 3 * MINUTE),
        ("1w2d3h4m5s", 9 * DAY + 3 * HOUR + 4 * MINUTE + 5 * SECOND),
        ("  2h\t", 2 * HOUR),
        ("2\u00a0hours", 2 * HOUR),
        ("PT2H", 2 * HOUR),
        ("PT1.5H", 90 * MINUTE),
        ("P1DT12H", 36 * HOUR),
        ("P1W", 7 * DAY),
        ("366d", 366 * DAY),
        ("0h90m", 90 * MINUTE),
    ],
)
def test_a_length_is_read_as_people_write_it(text, length):
    """Short, spoken and ISO 8601 forms all mean one exact length."""
    assert parse_length(text) == length


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("90", "“90” has no unit; write 90m for minutes or 90h for hours."),
        ("1.5", "“1.5” has no unit; write 1.5m for minutes or 1.5h for hours."),
        ("", "Say for how long: write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("   ", "Say for how long: write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("0", "That is no time at all; ask for a minute or more, such as 90m or 2h."),
        ("0m", "That is no time at all; ask for a minute or more, such as 90m or 2h."),
        ("PT0S", "That is no time at all; ask for a minute or more, such as 90m or 2h."),
        ("-2h", "“-2h” is less than nothing; write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("\u22122h", "“\u22122h” is less than nothing; write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("367d", "That is more than a year; nothing is lent for so long."),
        ("366d1s", "That is more than a year; nothing is lent for so long."),
        ("99999999999d", "That is more than a year; nothing is lent for so long."),
        ("soon", "“soon” is not a length of time; write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("NaN", "“NaN” is not a length of time; write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("nanh", "“nanh” is not a length of time; write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("1e3s", "“1e3s” is not a length of time; write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("\u0662h", "“\u0662h” is not a length of time; write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("45\u017f", "“45\u017f” is not a length of time; write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("1h30", "“1h30” is not a length of time; write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("30m1h", "“30m1h” is not a length of time; write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("1h2h", "“1h2h” is not a length of time; write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("P", "“P” is not a length of time; write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("P1DT", "“P1DT” is not a length of time; write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("1mo", "“1mo” has no fixed length, as months and years differ; write days or weeks, such as 30d or 4w."),
        ("1 year", "“1 year” has no fixed length, as months and years differ; write days or weeks, such as 30d or 4w."),
        ("1.0001h", "“1.0001h” does not come to whole seconds; write it as 90m, 2h, 1h30m, 1d or 1w."),
        ("9" * 400 + "h", "That is too long to be a length of time; write it as 90m, 2h, 1h30m, 1d or 1w."),
    ],
)
def test_what_is_no_length_is_refused_with_a_sentence(text, sentence):
    """Nothing is guessed: the sentence says what is wrong and what to write."""
    with pytest.raises(BadInput) as refused:
        parse_length(text)

    assert (refused.value.sentence, refused.value.field) == (sentence, "length")


@given(st.text(max_size=80) | st.text(alphabet="0123456789.smhdwPT- ,and", max_size=30))
def test_any_text_is_a_bounded_length_or_refused(text):
    """Whatever is typed gives one second to 366 days in whole seconds, or BadInput."""
    try:
        length = parse_length(text)
    except BadInput:
        return
    assert SECOND <= length <= 366 * DAY
    assert length.microseconds == 0


@given(LENGTHS)
def test_words_are_read_back_as_the_same_length(length):
    """Nothing is rounded on the way to a person and back."""
    assert parse_length(words_for_length(length)) == length


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (90 * MINUTE, "1 hour 30 minutes"),
        (HOUR, "1 hour"),
        (2 * DAY, "2 days"),
        (7 * DAY + SECOND, "7 days 1 second"),
        (59 * SECOND, "59 seconds"),
        (timedelta(0), "0 seconds"),
        (1.5 * SECOND, "1.5 seconds"),
        (-5 * MINUTE, "minus 5 minutes"),
    ],
)
def test_a_length_is_said_exactly(length, words):
    """Ninety minutes are never `2 hours`."""
    assert words_for_length(length) == words
