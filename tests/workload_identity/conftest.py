"""An issuer for each test of trust."""

from collections.abc import Iterator

import pytest

from tests.workload_identity.issuer import Issuer, open_issuer


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """Open an issuer."""
    with open_issuer() as issuer:
        yield issuer
