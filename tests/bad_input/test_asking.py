"""Words of an ask that are wrong: in Slack, in the form, on the command line."""

import pytest

from tests.bad_input.firm import ALICE, BOB, DAVE, Firm
from tests.bad_input.page import says

ASKS = [
    ("a bucket that does not exist", "request s3 read acme-archive/2026/ --for 2h --reason INC-42"),
    ("a bucket that no rule names", "request s3 read acme-nowhere/2026/ --for 2h --reason INC-42"),
    ("a bucket that a rule denies", "request s3 read acme-payroll/2026/ --for 2h --reason INC-42"),
    ("a wildcard in the bucket", "request s3 read acme-*/2026/ --for 2h --reason INC-42"),
    ("`..` in the prefix", "request s3 read acme-reports/../secrets/ --for 2h --reason INC-42"),
    ("a name no bucket can have", "request s3 read Acme_Reports/2026/ --for 2h --reason INC-42"),
    ("the ARN of something else", "request s3 read arn:aws:sqs:us-east-1:123456789012:jobs --for 2h --reason INC-42"),
    ("a level that does not exist", "request s3 reed acme-reports/2026/ --for 2h --reason INC-42"),
    ("a level that the rule does not lend", "request s3 delete acme-reports/2026/ --for 2h --reason INC-42"),
    ("another service than S3", "request ec2 read acme-reports/2026/ --for 2h --reason INC-42"),
    ("a delivery that does not exist", "request s3 read acme-reports/2026/ --for 2h --as fax --reason INC-42"),
    ("no time at all", "request s3 read acme-reports/2026/ --for 0 --reason INC-42"),
    ("less than no time", "request s3 read acme-reports/2026/ --for -1h --reason INC-42"),
    ("a century, in years", "request s3 read acme-reports/2026/ --for 100y --reason INC-42"),
    ("a century, in days", "request s3 read acme-reports/2026/ --for 36500d --reason INC-42"),
    ("“soon”", "request s3 read acme-reports/2026/ --for soon --reason INC-42"),
    ("a number without a unit", "request s3 read acme-reports/2026/ --for 90 --reason INC-42"),
    ("longer than the rule allows", "request s3 read acme-reports/2026/ --for 9h --reason INC-42"),
    ("an end that has passed", "request s3 read acme-reports/2026/ --until 2020-01-01T18:00Z --reason INC-42"),
    ("a length and an end", "request s3 read acme-reports/2026/ --for 2h --until 18:00 --reason INC-42"),
    ("no reason, where the rule wants one", "request s3 read acme-reports/2026/ --for 2h"),
    ("a reason of 1,001 characters", f"request s3 read acme-reports/2026/ --for 2h --reason {'x' * 1001}"),
    ("an option that does not exist", "request s3 read acme-reports/2026/ --fro 2h"),
    ("a quote that is never closed", 'request s3 read acme-reports/2026/ --reason "INC-42'),
    ("a command that does not exist", "reqest s3 read acme-reports/2026/ --for 2h"),
    ("a command for the command line", "exec k3m9xw2p7qrs -- aws s3 ls"),
    ("an id that is none", "approve INC-42"),
    ("an id that nobody has", "approve k3m9xw2p7qrs"),
]


@pytest.mark.parametrize(("wrong", "typed"), ASKS, ids=[wrong for wrong, _ in ASKS])
def test_a_wrong_word_gets_its_sentence_in_slack(firm: Firm, wrong: str, typed: str) -> None:
    """The person alone reads what is wrong and what to write instead."""
    says(wrong, "Slack", firm.types(ALICE, typed))


def test_who_is_in_no_rule_is_told_so(firm: Firm) -> None:
    """Dave is new; silence is no."""
    typed = "request s3 read acme-reports/2026/ --for 2h --reason INC-42"

    says("a person whom no rule names", "Slack", firm.types(DAVE, typed))


def test_who_asked_does_not_decide(firm: Firm) -> None:
    """Bob may decide on the reports, and still not on his own request."""
    firm.types(BOB, "request s3 read acme-reports/2026/ --for 2h --reason his-own")

    says("approving one's own request", "Slack", firm.clicks(BOB, firm.question("his-own"), "review.approve"))


def test_who_may_not_decide_is_told_who_may(firm: Firm) -> None:
    """Dave sees the message in the channel, and his click changes nothing."""
    firm.types(ALICE, "request s3 read acme-reports/2026/ --for 2h --reason not-daves")

    says("approving what one may not decide", "Slack", firm.clicks(DAVE, firm.question("not-daves"), "review.approve"))


def test_the_form_says_it_beside_the_field(firm: Firm) -> None:
    """The typeahead takes a place that does not exist; the form then names it, and stays open."""
    alice = firm.person(ALICE)
    alice.shortcut("request_access")
    form = alice.wait_for_modal()
    asked = {"level": ["read"], "resource": "acme-archive/2026/", "length": "2h", "reason": "INC-42"}
    says("a bucket that does not exist", "form, “Where”", alice.submit(form, asked).errors["resource"])
    right = {"resource": "acme-reports/2026/", "length": "soon"}
    says("“soon”", "form, “For how long”", alice.submit(form, right).errors["length"])
    says("longer than the rule allows", "form, “For how long”", alice.submit(form, {"length": "9h"}).errors["length"])
    alice.close(form)


COMMANDS = [
    ("not logged in", 1, ["ls"]),
    ("a command that does not exist", 1, ["reqest", "s3", "read", "acme-reports/2026/"]),
    ("an option that does not exist", 1, ["request", "s3", "read", "acme-reports/2026/", "--fro", "2h"]),
]


@pytest.mark.parametrize(("wrong", "code", "words"), COMMANDS, ids=[wrong for wrong, _, _ in COMMANDS])
def test_a_wrong_command_gets_its_sentence_in_the_terminal(firm: Firm, wrong: str, code: int, words: list[str]) -> None:
    """One sentence on the standard error, and an exit code."""
    ran = firm.runs(DAVE, *words)

    assert (ran.code, ran.out) == (code, "")
    says(wrong, "command line", ran.err, {firm.url: "https://daypass.example.com"})


def test_a_refusal_of_the_rules_has_an_exit_code_of_its_own(firm: Firm) -> None:
    """A script can tell “denied” (2) from “wrong” (1)."""
    firm.logs_in(ALICE)
    ask = ["request", "s3", "read", "acme-payroll/2026/", "--for"]
    denied, wrong = firm.runs(ALICE, *ask, "2h", "--reason", "x"), firm.runs(ALICE, *ask, "soon", "--reason", "x")

    assert (denied.code, wrong.code) == (2, 1)
    says("a bucket that a rule denies", "command line", denied.err)
    says("“soon”", "command line", wrong.err)


def test_no_place_at_all_is_asked_for(firm: Firm) -> None:
    """In Slack the form opens for it; a command line says it."""
    firm.logs_in(BOB)
    ran = firm.runs(BOB, "request", "s3", "read", "", "--for", "2h", "--reason", "x")

    says("an empty place", "command line", ran.err)
    firm.person(BOB).command("/daypass", "request s3 read --for 2h", channel="C0GENERAL")
    firm.person(BOB).close(firm.person(BOB).wait_for_modal("Request access"))
