"""What every test may ask for: the servers. And what holds for every property: its examples, not its speed."""

import gc
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.servers.fixtures", "tests.quick", "tests.attacks.fixtures"]

# On a busy machine one example in a hundred takes half a second; how fast something is, the benchmarks say.
_ANY_SPEED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("daypass", _ANY_SPEED, max_examples=60)
settings.register_profile("quick", _ANY_SPEED, max_examples=25)
settings.register_profile("soak", _ANY_SPEED, max_examples=400)


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples a property has, before any test is imported."""
    if config.option.hypothesis_profile is None:
        settings.load_profile("quick" if config.option.quick else "daypass")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among some thousand tests that all stay: collecting them takes two fifths less time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
