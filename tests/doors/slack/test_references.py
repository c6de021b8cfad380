"""Whom a refusal refers to is mentioned in Slack; what a caller wrote into it is words."""

from daypass.doors.slack.blocks import sentence
from daypass.doors.slack.spoken import refusal
from daypass.model.errors import BadInput, TooLate
from daypass.model.text import Person, text_of


def test_whom_a_refusal_refers_to_is_mentioned():
    """Bob said no, and Slack shows his name."""
    error = TooLate(text_of("It was denied by ", Person("U0BOB"), " already."))

    assert sentence(refusal(error)) == "It was denied by <@U0BOB> already."


def test_a_person_whose_id_is_no_word_of_slacks_is_a_person_still():
    """Nobody is found by what an id looks like: a reference says that it is one."""
    assert sentence(refusal(TooLate(text_of("By ", Person("WEBOPS"), ".")))) == "By <@WEBOPS>."
    assert sentence(refusal(TooLate("By WEBOPS."))) == "By WEBOPS."


def test_a_mention_that_a_caller_wrote_mentions_nobody():
    """Neither as Slack writes one, nor with the marks that stand for one within this door."""
    for written in ("<@WEVE>", "\ue000WEVE\ue001"):
        assert "<@" not in sentence(refusal(BadInput(f"“{written}” is no resource.")))
