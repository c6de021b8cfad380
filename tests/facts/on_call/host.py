"""A real HTTP server on this machine that answers what a test tells it to, and remembers what it was asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Reply = tuple[int, dict[str, str], bytes]


@dataclass(kw_only=True)
class Host:
    """The server's address, its answer to each path, and the paths and headers it was asked with."""

    url: str = ""
    answer: Callable[[str], Reply] = lambda _path: (404, {}, b"")
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def hosting(answer: Callable[[str], Reply]) -> Iterator[Host]:
    """Run a server as long as the block lasts."""
    host = Host(answer=answer)

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library calls it so
            host.paths.append(self.path)
            host.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, headers, body = host.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def log_message(self, *_args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    host.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
