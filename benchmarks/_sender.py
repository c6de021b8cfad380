"""
Sends requests at once and takes the time to each answer, in a process that does nothing else.

Whoever prepares the requests, and plays Slack to what is measured, has work of its own: a stopwatch there would count
that as well. A line of JSON in is a list of requests as they go over the wire; a line out is, for each, its status and
the seconds from before its connection is opened until the last byte of its answer.

    python benchmarks/_sender.py PORT
"""

import json
import selectors
import socket
import sys
import time

_WITHIN_S = 10.0


def main() -> None:
    """Send what is read until there is no more."""
    port = int(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(send([one.encode() for one in json.loads(line)], port)), flush=True)


def send(requests: list[bytes], port: int) -> list[tuple[int, float]]:
    """Send all of them, each by a connection of its own; gives status and seconds, in their order."""
    answers, began, ended = [b""] * len(requests), [0.0] * len(requests), [0.0] * len(requests)
    with selectors.DefaultSelector() as waiting:
        for number, request in enumerate(requests):
            began[number] = time.perf_counter()
            opened = socket.create_connection(("127.0.0.1", port), timeout=_WITHIN_S)
            opened.sendall(request)
            waiting.register(opened, selectors.EVENT_READ, number)
        while waiting.get_map():
            for key, _ in waiting.select(_WITHIN_S) or sys.exit(f"no answer within {_WITHIN_S:.0f} s"):
                opened = key.fileobj
                if piece := opened.recv(65_536):
                    answers[key.data] += piece
                    ended[key.data] = time.perf_counter()
                else:
                    waiting.unregister(opened)
                    opened.close()
    return [(int(each.split()[1]), end - begin) for each, begin, end in zip(answers, began, ended, strict=True)]


if __name__ == "__main__":
    main()
