"""The console's sign-in address, where there is no page to sign in."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from daypass.aws.federation import sign_in_address
from daypass.model.errors import Misconfigured
from daypass.ports import Credentials
from tests.makers import NOON

KEYS = Credentials(access_key_id="ASIAEXAMPLE", secret_access_key="s", session_token="t", expires_at=NOON)


@pytest.fixture
def no_page() -> Iterator[str]:
    """An AWS without a console, as emulators are: whatever is posted is answered with 405."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_error(405)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/federation"
        server.shutdown()


def test_an_aws_without_a_sign_in_page_says_so_and_what_to_use(no_page: str):
    """Not that the session was refused: nothing is wrong with it."""
    with pytest.raises(Misconfigured, match=r"seldom has one\. Use `daypass exec`") as said:
        sign_in_address(KEYS, destination="https://console", issuer="https://daypass", endpoint=no_page)

    assert "refuses" not in said.value.sentence
