"""Requests as no client sends them: bytes, headers and JSON that are wrong, in whole or in part, drawn by dice."""

import json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

_PAGES = ("/", "/login", "/l/{token}", "/approve/{ticket}", "/approve", "/end/{ticket}", "/end", "/passkeys/new",
          "/passkeys/remove", "/passkeys.js", "/daypass.css", "/problems/{code}", "/healthz", "/metrics")  # fmt: skip
_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW", "post", "CONNECT", "P\xd6ST")
_WORDS = ("%00", "..%2f..%2f", "%ff", "%2e%2e", "a" * 5_000, "%f0%9f%92%a9", "%", "%zz", "x%0d%0aSet-Cookie:%20a=b",
          "'\"<>", "bot:deploy", "-1", "9" * 40, "abcdefgh2345", "%ed%a0%80", "//", "*", "\xff\xfe")  # fmt: skip
_QUERIES = ("", "?", "?all=%ff", "?dry_run=%00", "?" + "&" * 2_000, "?skip=1e9", "?first=" + "9" * 5_000, "?most=NaN",
            "?%00=%00", "?ticket=%ed%a0%80", "?all=true&all=false", "?first=-0&second=0x10")  # fmt: skip
_TYPES = ("application/json", "application/json; charset=utf-16", "application/json; charset=nonsense", "text/xml", "",
          "multipart/form-data", 'multipart/form-data; boundary=""', "multipart/form-data; boundary=x",
          "application/x-www-form-urlencoded", "application/json\xff", "application/" + "x" * 5_000)  # fmt: skip
_HEADERS = ("Authorization: Bearer", "Authorization: Bearer \xff\xfe", "Authorization: Basic YTpi", "Cookie: \x01=\xff",
            "Authorization: Bearer " + "x" * 20_000, "Authorization: Bearer dpb_\x7f_", "Idempotency-Key: \xff\xfe",
            "Idempotency-Key: " + "k" * 5_000, "X-Forwarded-For: " + "1.2.3.4," * 500, "X-Forwarded-For: \xff",
            "Forwarded: for=\xff", "Accept: text/html", "Accept: \xff", "Range: bytes=5-1",
            "X: " + "x" * 60_000,
            "Upgrade: websocket", "Content-Encoding: gzip", "Accept-Encoding: \xff", "Host: \xff", ": nameless",
            "Expect: 200-maybe", "User-Agent: bot\x00", "If-Match: *", "Transfer-Encoding: gzip, chunked")  # fmt: skip
_JSON = ("[" * 20_000, '{"a":' * 5_000, "1e400", "-" + "9" * 5_000, "NaN", '{"a": 1, "a": 2}', '"\\ud800"', "",
         "null", '{"": ""}', "{\"a\": '\x00'}", "[[]]", "\ufeff{}", '{"a": 1}{"a": 2}', "{" * 100)  # fmt: skip
_VALUES: tuple[Any, ...] = (
           None, True, 0, -1, 1e308, 10**30, "", "\x00", "\ud800", "x" * 30_000, "<@U0ANN>", [], [[[]]], {}, "2h",
           "s3 read acme-reports/ --for 1h", "U0ANN", "acme-reports/", "abcdefgh2345", "\u202e", 2.0)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Dice:
    """Draws requests to the operations that an API describes, and to the pages beside it."""

    thrown: Random
    operations: list[tuple[str, str, list[str]]]
    """Method, path, and the names that its body may have."""
    tokens: list[str]

    @classmethod
    def over(cls, described: Mapping[str, Any], tokens: Iterable[str], seed: object) -> "Dice":
        """Take every operation of a description."""
        found = [
            (method.upper(), path, _names(described, operation))
            for path, each in described["paths"].items()
            for method, operation in each.items()
        ]
        found += [(method, path, ["ticket", "proof", "made", "name"]) for path in _PAGES for method in ("GET", "POST")]
        return cls(thrown=Random(str(seed)), operations=found, tokens=list(tokens))  # noqa: S311 - to be thrown again

    def request(self) -> tuple[bytes, bool]:
        """Draw one, and whether it is as long as it says: every part of it may be wrong, and most are not."""
        method, path, names = self.thrown.choice(self.operations)
        if self._rarely():
            method = self.thrown.choice(_METHODS)
        body = self._body(names)
        framing = self._framing(body)
        head = [
            f"{method} {self._path(path)}{self.thrown.choice(_QUERIES) if self._rarely() else ''} HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            f"Content-Type: {self.thrown.choice(_TYPES) if self._rarely() else 'application/json'}",
            *framing,
        ]
        if not self._rarely():
            head.append(f"Authorization: Bearer {self.thrown.choice(self.tokens)}")
        if self._rarely():
            head.append(self.thrown.choice(_HEADERS))
        return "\r\n".join([*head, "", ""]).encode("latin-1") + body, framing == [_length(body)]

    def _path(self, path: str) -> str:
        while "{" in path:
            before, _, rest = path.partition("{")
            path = before + self.thrown.choice(_WORDS) + rest.partition("}")[2]
        return path + self.thrown.choice(_WORDS) if self._rarely() else path

    def _framing(self, body: bytes) -> list[str]:
        """How long the body is said to be; sometimes wrongly, or in two ways."""
        true = _length(body)
        wrong = [
            [],
            ["Content-Length: -1"],
            ["Content-Length: 1e3"],
            [true, "Content-Length: 0"],
            [f"Content-Length: {len(body) + 9}"],
            [f"Content-Length: {len(body) // 2}"],
            ["Content-Length: " + "9" * 30],
            ["Transfer-Encoding: chunked"],
            [true, "Transfer-Encoding: chunked"],
            ["Transfer-Encoding: \xff"],
        ]
        return self.thrown.choice(wrong) if self._rarely() else [true]

    def _body(self, names: list[str]) -> bytes:
        match self.thrown.randrange(6):
            case 0:
                return self.thrown.choice(_JSON).encode()
            case 1:
                return self.thrown.randbytes(self.thrown.randrange(200))
            case 2:
                return b"{}"
            case _:
                return self._named(names)

    def _named(self, names: list[str]) -> bytes:
        """The right names with any values, and now and then a byte that is another."""
        some = {name: self.thrown.choice(_VALUES) for name in names if self.thrown.random() < 0.7}
        text = bytearray(json.dumps(some).encode())
        if text and self._rarely():
            text[self.thrown.randrange(len(text))] = self.thrown.randrange(256)
        return bytes(text)

    def _rarely(self) -> bool:
        return self.thrown.random() < 0.2


def sent(port: int, request: bytes, *, whole: bool) -> bytes:
    """Send bytes, say that there are no more when some are missing, and read all that is answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as opened:
        got = b""
        try:
            opened.sendall(request)
            if not whole:
                opened.shutdown(socket.SHUT_WR)
            while piece := opened.recv(65_536):
                got += piece
        except TimeoutError:
            raise
        except OSError:  # it has heard enough, and is gone
            pass
        return got


def status(answer: bytes) -> int:
    """The status of an answer; 0 for none at all, as the connection was closed."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def _length(body: bytes) -> str:
    return f"Content-Length: {len(body)}"


def _names(described: Mapping[str, Any], operation: Mapping[str, Any]) -> list[str]:
    """The names that a body may have."""
    shapes = [each["schema"] for each in operation.get("requestBody", {}).get("content", {}).values()]
    named = [
        described["components"]["schemas"][shape["$ref"].rpartition("/")[2]] for shape in shapes if "$ref" in shape
    ]
    return [name for shape in named for name in shape.get("properties", {})]
