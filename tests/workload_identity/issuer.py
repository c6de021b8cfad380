"""An issuer on this machine: it publishes keys over real HTTP and signs what a test would have it say."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from tests.makers import NOON

RSA, OTHER_RSA = (RSAKey.generate_key(2048, private=True) for _ in range(2))
EC = ECKey.generate_key("P-256", private=True)
OKP = OKPKey.generate_key("Ed25519", private=True)

Key = RSAKey | ECKey | OKPKey


class Issuer:
    """Its keys, what it says of itself, and who asked for what."""

    def __init__(self, url: str) -> None:
        """Begin with one RSA key."""
        self.url = url
        self.keys: dict[str, Key] = {"one": RSA}
        self.named = url
        self.jwks_uri = f"{url}/keys"
        self.extra: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.answer: bytes | None = None
        self.status = 200
        self.location = ""
        self.drips = False

    def document(self, path: str) -> bytes:
        """What stands at a path."""
        if self.answer is not None:
            return self.answer
        if path == "/keys":
            listed = [{**key.as_dict(private=False), "kid": kid} for kid, key in self.keys.items()]
            return json.dumps({"keys": [*listed, *self.extra]}).encode()
        return json.dumps({"issuer": self.named, "jwks_uri": self.jwks_uri}).encode()

    def claims(self, now: datetime = NOON, **more: object) -> dict[str, Any]:
        """What a workload of acme/deploy would be said to be, for five minutes."""
        said = {
            "iss": self.url,
            "aud": "daypass",
            "sub": "repo:acme/deploy:ref:refs/heads/main",
            "repository": "acme/deploy",
            "ref": "refs/heads/main",
            "iat": int(now.timestamp()),
            "nbf": int(now.timestamp()),
            "exp": int((now + timedelta(minutes=5)).timestamp()),
            "jti": f"{now.timestamp()}",
        }
        return {name: value for name, value in {**said, **more}.items() if value is not None}

    def sign(
        self, claims: dict[str, Any], *, alg: str = "RS256", key: Key = RSA, kid: str | None = "one", **header: object
    ) -> str:
        """Sign claims."""
        head = {"alg": alg, "kid": kid, **header} if kid is not None else {"alg": alg, **header}
        return jwt.encode(head, claims, key, algorithms=[alg], registry=JWSRegistry(algorithms=[alg]))

    def token(self, now: datetime = NOON, **claims: object) -> str:
        """Sign what a workload would be said to be."""
        return self.sign(self.claims(now, **claims))


def forged(claims: dict[str, Any], header: dict[str, Any], secret: bytes | None = None) -> str:
    """Make a token by hand: unsigned, or with an HMAC."""
    start = f"{packed(json.dumps(header).encode())}.{packed(json.dumps(claims).encode())}"
    signature = b"x" if secret is None else hmac.new(secret, start.encode(), hashlib.sha256).digest()
    return f"{start}.{packed(signature)}"


def packed(raw: bytes) -> str:
    """Write bytes as base64url."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@contextmanager
def open_issuer() -> Iterator[Issuer]:
    """Open an issuer on a free port of this machine."""
    issuer: Issuer

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked.append(self.path)
            body = issuer.document(self.path)
            self.send_response(issuer.status)
            if issuer.location:
                self.send_header("Location", issuer.location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            for piece in [bytes([byte]) for byte in body] if issuer.drips else [body]:
                with suppress(OSError):  # whoever asked may have gone
                    self.wfile.write(piece)
                time.sleep(0.02 if issuer.drips else 0)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    issuer = Issuer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield issuer
    server.shutdown()
    thread.join()
    server.server_close()
