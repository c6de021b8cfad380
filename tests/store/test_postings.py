"""Postings: which messages belong to a request."""

from daypass.ports import Message
from tests.store.facts import a_grant


def test_messages_are_recalled_oldest_first_by_subject_and_purpose(postings):
    """Another request's, or another purpose's, are not among them."""
    subject = a_grant().id
    first, second = Message(channel="C2", ts="2.0"), Message(channel="C1", ts="1.0")
    for message in (first, second):
        postings.remember(subject, "review", message)
    postings.remember(subject, "status", Message(channel="C3", ts="3.0"))
    postings.remember(a_grant().id, "review", Message(channel="C4", ts="4.0"))

    assert postings.recall(subject, "review") == [first, second]
    assert postings.recall(subject, "nothing") == []


def test_a_message_leads_to_its_request(postings):
    """By its channel and time together; one that is nobody's, or that several share, leads to none."""
    subject, other = a_grant().id, a_grant().id
    own, shared = Message(channel="C1", ts="1.0"), Message(channel="C1", ts="2.0")
    for purpose in ("review", "review:C1"):
        postings.remember(subject, purpose, own)
    for each in (subject, other):
        postings.remember(each, "review", shared)

    assert postings.subject_of("C1", "1.0") == subject
    assert postings.subject_of("C2", "1.0") is None
    assert postings.subject_of("C1", "2.0") is None


def test_a_message_remembered_twice_is_kept_once(postings):
    """A line of the outbox that is told again does not double what is changed later."""
    subject, message = a_grant().id, Message(channel="C1", ts="1.0")

    postings.remember(subject, "review", message)
    postings.remember(subject, "review", message)

    assert postings.recall(subject, "review") == [message]
