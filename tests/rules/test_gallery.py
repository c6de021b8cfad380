"""Every example in examples/rules does what its comments say."""

from datetime import timedelta
from pathlib import Path

import pytest

from daypass.model.decision import Allowed, Question
from daypass.model.grant import Delivery
from daypass.resources.s3_statements import Option
from daypass.rules.decide.decision import decide
from daypass.rules.lint.lint import lint
from daypass.rules.load.read import parse
from daypass.rules.rule.rulebook import RuleBook
from tests.rules.worlds import HOUR, ask, person

GALLERY = Path(__file__).parents[2] / "examples" / "rules"
FILES = sorted(GALLERY.glob("*.yaml"))

ANN, EVE = person("U0ANN"), person("U0EVE")
FINANCE, PLATFORM = person("U0FIN", "S0FINANCE"), person("U0PLA", "S0PLATFORM")


def example(number: str) -> RuleBook:
    """Read an example by its number."""
    (path,) = GALLERY.glob(f"{number}-*.yaml")
    return parse(path.read_bytes(), name=path.name)


def outcome(book: RuleBook, question: Question) -> str:
    """Say who decided: the rule that lends, the denying rules after `no:`, or `no`."""
    match decide(book, question):
        case Allowed(rule=rule):
            return rule
        case denied:
            return ":".join(["no", *denied.because])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_is_read_and_has_nothing_to_point_out(path: Path) -> None:
    """What newcomers copy is without faults and without findings."""
    assert lint(parse(path.read_bytes(), name=path.name)) == []


def test_the_gallery_is_numbered_without_gaps() -> None:
    """One reads it from the first to the last."""
    assert [path.name[:2] for path in FILES] == [f"{number:02}" for number in range(1, len(FILES) + 1)]


@pytest.mark.parametrize(
    ("number", "question", "expected"),
    [
        ("01", ask("acme-reports", who=ANN), "reports-read"),
        ("01", ask("acme-reports/2026/", who=EVE), "no"),
        ("01", ask("acme-reports", who=ANN, reason=""), "no"),
        ("02", ask("acme-reports", who=person("U0EVE", "S0ANALYSTS")), "reports-read"),
        ("02", ask("acme-brand/public/", who=person("U0EVE", "S0ENGINEERS")), "brand-read"),
        ("02", ask("acme-brand/", who=ANN), "no"),
        ("03", ask("acme-finance/2026/", who=FINANCE), "finance-read"),
        ("03", ask("acme-finance", who=FINANCE), "no:no-payroll"),
        ("03", ask("acme-finance/payroll/march.csv", who=FINANCE), "no:no-payroll"),
        ("03", ask("acme-finance/2026/", who=FINANCE, delivery=Delivery.LINK), "no:no-links-from-finance"),
        ("03", ask("acme-web/x/", "delete", who=FINANCE), "no:nobody-deletes"),
        ("04", ask("acme-web/public/", who=EVE, reason=""), "public-quick"),
        ("04", ask("acme-web/public/", who=EVE, length=timedelta(days=2)), "public-long"),
        ("04", ask("acme-web/public/", who=EVE, length=timedelta(days=8)), "no"),
        ("05", ask("acme-reports/2026/summary.csv"), "any-years-summary"),
        ("05", ask("acme-reports/2026/03/summary.csv"), "no"),
        ("05", ask("acme-reports/2026/03/manifest.json"), "every-manifest"),
        ("05", ask("acme-team-blue/shared/plans/"), "team-buckets"),
        ("05", ask("acme-team-blue"), "no"),
        ("06", ask("acme-uploads/incoming/", "write", who=PLATFORM, length=4 * HOUR), "uploads-write"),
        ("06", ask("acme-uploads/incoming/", "read,delete", who=PLATFORM), "uploads-clean-up"),
        ("06", ask("acme-uploads/incoming/", "write,delete", who=PLATFORM), "no"),
        (
            "06",
            ask("acme-uploads/incoming/", who=PLATFORM, extras=frozenset({Option.VERSIONS})),
            "uploads-clean-up",
        ),
        ("06", ask("acme-uploads/incoming/", who=PLATFORM, extras=frozenset({Option.TAGS})), "no"),
        ("07", ask("acme-ledger/reports/", who=FINANCE), "ledger-read"),
        ("07", ask("acme-ledger/reports/", who=person("U0CID", "S0FINANCE")), "ledger-read"),
        ("07", ask("acme-ledger/entries/", "write", who=person("U0CID", "S0FINANCE")), "ledger-correct"),
        ("07", ask("acme-ledger", who=FINANCE), "no"),
        ("07", ask("acme-ledger", who=person("U0GUS", "S0AUDIT")), "ledger-audit"),
    ],
)
def test_an_example_decides_as_its_comments_say(number: str, question: Question, expected: str) -> None:
    """Each line of the gallery is played."""
    assert outcome(example(number), question) == expected
