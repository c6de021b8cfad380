"""
Addresses of S3 as people paste them, read as `bucket/key`.

    s3://acme-reports/2026/                                           also s3a://, s3n://
    arn:aws:s3:::acme-reports/2026/*
    https://acme-reports.s3.eu-central-1.amazonaws.com/2026/q1.csv    dual-stack, accelerated, website, with a signature
    https://s3.eu-central-1.amazonaws.com/acme-reports/2026/q1.csv
    https://eu-central-1.console.aws.amazon.com/s3/buckets/acme-reports?prefix=2026/
    https://s3.console.aws.amazon.com/s3/object/acme-reports?prefix=2026/q1.csv

What an address has besides, such as a signature, is left aside and told to nobody.
"""

import re
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

_SCHEME = re.compile(r"s3[an]?://", re.IGNORECASE)
_ARN = re.compile(r"arn:aws[a-z-]*:s3:::(.*)", re.DOTALL)
_ELSE = re.compile(r"arn:aws[a-z-]*:(?P<service>[a-z0-9-]+):[^:]*:[^:]*:?(?P<kind>[a-z-]*)", re.IGNORECASE)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_CONSOLE = re.compile(r"(?:[a-z0-9-]+\.)*console\.(?:aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)")
_ENDPOINT = re.compile(
    r"(?:(?P<bucket>.+)\.)?s3(?:-accelerate|-website|-fips)?(?:[.-](?:dualstack|fips))*(?:[.-][a-z]{2,4}(?:-[a-z]+)+-\d)?"
    r"\.amazonaws\.com(?:\.cn)?"
)
_PAGE = re.compile(r"/s3/(?:buckets|object|upload|home)(?:/(?P<rest>.*))?", re.DOTALL)
_HOST = re.compile(r"[a-z0-9.-]+\.(?:amazonaws\.com|amazonaws\.com\.cn|aws\.amazon\.com)(?=[/?]|$)", re.IGNORECASE)

KINDS = {
    "s3express": "a directory bucket (S3 Express One Zone)",
    "s3-object-lambda": "an S3 Object Lambda access point",
    "s3-outposts": "S3 on Outposts",
    "s3tables": "a table bucket (S3 Tables)",
    "accesspoint": "an S3 access point",
}
"""Resources of S3 that are neither a general purpose bucket nor an object in one, by the word in their ARN."""

# docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_ENDS = {
    "--x-s3": KINDS["s3express"],
    "-s3alias": "the alias of an S3 access point",
    "--ol-s3": "the alias of an S3 Object Lambda access point",
    ".mrap": "a Multi-Region Access Point",
    "--table-s3": KINDS["s3tables"],
}
_BEGINS = ("xn--", "sthree-", "amzn-s3-demo-")


def why_no_bucket(name: str) -> str:
    """Say why no general purpose bucket can be called so, whether it is a name or a pattern; nothing when one can."""
    for end, kind in _ENDS.items():
        if name.endswith(end):
            return f"{name} is {kind}, another kind of resource. Daypass grants access to general purpose buckets."
    for begin in _BEGINS:
        if name.startswith(begin):
            return f"{name} cannot be the name of a bucket: AWS reserves names that begin with {begin}."
    return ""


def is_address(text: str) -> bool:
    """Whether this is an address of S3, and no bare name."""
    text = text.strip()
    return bool(_ARN.match(text) or _SCHEME.match(text) or other_kind(text)) or (
        bool(_WEB.match(text) or _HOST.match(text)) and plain_place(text) is not None
    )


def plain_place(text: str) -> str | None:
    """Return `bucket/key` for whatever address of S3 this is, or what is no address as it stands; None for another."""
    plain = _read(text.strip())
    return None if plain is None or _HOST.match(plain) else plain  # a host within an address is nobody's bucket


def _read(said: str) -> str | None:
    if match := _ARN.fullmatch(said):
        return match[1]
    if said.startswith("arn:"):
        return None
    if scheme := _SCHEME.match(said):
        return said[scheme.end() :]
    if not _WEB.match(said) and not _HOST.match(said):
        return None if "://" in said else said
    return _of_web(said if _WEB.match(said) else f"https://{said}")


def other_kind(text: str) -> str:
    """Say what an ARN names that Daypass gives no access to: `an S3 access point`; nothing when it is not of S3."""
    match = _ELSE.match(text.strip())
    if match is None:
        return ""
    return KINDS.get(match["service"]) or (KINDS.get(match["kind"], "") if match["service"] == "s3" else "")


def _of_web(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if _CONSOLE.fullmatch(host):
        return _of_console(parts)
    match = _ENDPOINT.fullmatch(host)
    if match is None:
        return None
    path = unquote(parts.path).removeprefix("/")
    return f"{match['bucket']}/{path}" if match["bucket"] else path


def _of_console(parts: SplitResult) -> str | None:
    match = _PAGE.fullmatch(parts.path)
    if match is None:
        return None
    bucket, _, key = unquote(match["rest"] or "").partition("/")
    prefix = parse_qs(parts.query).get("prefix", [""])[0]
    return f"{bucket}/{prefix or key}"
