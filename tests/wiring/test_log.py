"""What is logged when something goes wrong that nobody foresaw."""

import subprocess
import sys

import pytest

FAILING = """
import structlog
from daypass.wiring.log import configure
configure({form!r})
secret = "wJalrXUtnFEMI"
def opened(key):
    raise ValueError("it broke")
try:
    opened(secret)
except ValueError:
    structlog.get_logger().exception("round failed", grant="abcdefgh2345")
"""


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_never_shows_the_values_of_variables(form: str):
    """Where it broke is logged; what a variable held there, perhaps a secret, is not."""
    ran = subprocess.run(
        [sys.executable, "-c", FAILING.format(form=form)], capture_output=True, text=True, check=True, timeout=60
    )

    assert "ValueError" in ran.stderr
    assert "abcdefgh2345" in ran.stderr
    assert "wJalrXUtnFEMI" not in ran.stderr
