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


LOGGING = """
import logging
import structlog
from daypass.model.secret import Secret, draw
from daypass.wiring.log import configure
configure({form!r})
for kind in Secret:
    structlog.get_logger().warning("nothing suggested", error=f"There is no bucket {{draw(kind)}}.")
    logging.getLogger("library").error("no answer from https://daypass.example/l/%s", draw(kind))
"""


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_line_of_the_log_holds_a_secret(form: str):
    """Whoever writes it: sentences repeat what people typed, and libraries name the addresses that they asked."""
    ran = subprocess.run(
        [sys.executable, "-c", LOGGING.format(form=form)], capture_output=True, text=True, check=True, timeout=60
    )

    assert ran.stderr.count("[masked: looks like a secret]") == 2 * 7
    assert "dp" + "l_" not in ran.stderr
