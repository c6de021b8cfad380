"""
Presigned URLs a second for a manifest of 100,000 objects, against the SDK signing the same keys in the same run.

    python benchmarks/presign.py [--objects 100000]

Prints one line a figure: name, measured, wanted. Exits 1 when the ratio is not what is wanted, and fails
when a URL is missing or is not the one that the SDK signs for the same second.
"""

import argparse
import base64
import secrets
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from daypass.aws.clients import AwsCredentials, Clients
from daypass.aws.presign import Presigner

BY_SDK = 100
"""Of how many objects the SDK signs one."""
ROUNDS = 5
HOUR = timedelta(hours=1)
WANTED = 20

TOKEN = base64.b64encode(secrets.token_bytes(600)).decode()
"""As long as a session's token is."""


def main() -> int:
    """Measure, print, judge."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--objects", type=int, default=100_000)
    objects = words.parse_args().objects
    keys = AwsCredentials(access_key_id="ASIAEXAMPLE", secret_access_key=secrets.token_hex(20), session_token=TOKEN)
    signs = Presigner(clients=Clients(region="eu-central-1"), keys=keys, bucket="acme-reports", region="eu-central-1")
    names = [f"2026/part-{number:06}.parquet" for number in range(objects)]
    ours, theirs = zip(*(measure(signs, names) for _ in range(ROUNDS)), strict=True)
    ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
    print(f"presigned URLs a second, a manifest of {objects:,}: {statistics.median(ours):,.0f}, wanted: -")
    print(f"presigned URLs a second, by the SDK: {statistics.median(theirs):,.0f}, wanted: -")
    print(f"manifest against the SDK, ratio: {ratio:.1f}, wanted: at least {WANTED}")
    return 0 if ratio >= WANTED else 1


def measure(signs: Presigner, names: list[str]) -> tuple[float, float]:
    """URLs a second of both, a fifth of the manifest each round, one right after the other."""
    part = names[::ROUNDS]
    few = part[: max(1, len(part) // BY_SDK)]
    began = time.perf_counter()
    made = [name for name, _ in signs.many(iter(part), datetime.now(UTC), HOUR)]
    halfway = time.perf_counter()
    for name in few:
        signs.get(name, HOUR)
    ended = time.perf_counter()
    if made != part:
        raise SystemExit(f"{len(part)} objects were to be signed, and {len(made)} were")
    must_agree(signs, part[0])
    return len(made) / (halfway - began), len(few) / (ended - halfway)


def must_agree(signs: Presigner, name: str) -> None:
    """End the run unless ours is word for word the SDK's of the same second."""
    for _ in range(5):
        [(_, ours)], theirs = signs.many(iter([name]), datetime.now(UTC), HOUR), signs.get(name, HOUR)
        told, wanted = parse_qs(urlsplit(ours).query), parse_qs(urlsplit(theirs).query)
        if told == wanted:
            return
        if told["X-Amz-Date"] == wanted["X-Amz-Date"]:
            break
    raise SystemExit(f"{name} is signed otherwise than the SDK signs it")


if __name__ == "__main__":
    sys.exit(main())
