"""The journal's key in the tests: one for all, so that what one part of a test writes another part can read."""

from pathlib import Path

from daypass.journal.key import Signer

SIGNER = Signer.parse("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")


def write_key(file: Path) -> Signer:
    """Write that key where a service will look for its own, before its first start."""
    file.write_text(f"{SIGNER.private_text()}\n", encoding="utf-8")
    file.chmod(0o600)
    return SIGNER
