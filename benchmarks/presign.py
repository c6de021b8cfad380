"""
Presigned URLs a second for a manifest of 100,000 objects, against the SDK signing the same keys in the same run.

    python benchmarks/presign.py

Prints one line a figure: name, measured, wanted. Exits 1 when the ratio is not what is wanted.
"""

import base64
import secrets
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

from daypass.aws.clients import Clients, Keys
from daypass.aws.presign import Presigner

OBJECTS = 100_000
BY_SDK = 1_000
ROUNDS = 5
HOUR = timedelta(hours=1)
WANTED = 20

TOKEN = base64.b64encode(secrets.token_bytes(600)).decode()
"""As long as a session's token is."""


def main() -> int:
    """Measure, print, judge."""
    keys = Keys(access_key_id="ASIAEXAMPLE", secret_access_key=secrets.token_hex(20), session_token=TOKEN)
    signs = Presigner(clients=Clients(region="eu-central-1"), keys=keys, bucket="acme-reports", region="eu-central-1")
    names = [f"2026/part-{number:06}.parquet" for number in range(OBJECTS)]
    ours, theirs = zip(*(measure(signs, names) for _ in range(ROUNDS)), strict=True)
    ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
    print(f"presigned URLs a second, a manifest of {OBJECTS:,}: {statistics.median(ours):,.0f}, wanted: -")
    print(f"presigned URLs a second, by the SDK: {statistics.median(theirs):,.0f}, wanted: -")
    print(f"manifest against the SDK, ratio: {ratio:.1f}, wanted: at least {WANTED}")
    return 0 if ratio >= WANTED else 1


def measure(signs: Presigner, names: list[str]) -> tuple[float, float]:
    """URLs a second of both, a fifth of the manifest each round, one right after the other."""
    part = names[::ROUNDS]
    began = time.perf_counter()
    made = sum(1 for _ in signs.many(iter(part), datetime.now(UTC), HOUR))
    halfway = time.perf_counter()
    for name in part[: BY_SDK // ROUNDS]:
        signs.get(name, HOUR)
    ended = time.perf_counter()
    return made / (halfway - began), (BY_SDK // ROUNDS) / (ended - halfway)


if __name__ == "__main__":
    sys.exit(main())
