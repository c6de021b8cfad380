"""What every test may ask for: the servers. And what holds for every property: its examples, not its speed."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.servers.fixtures"]

# On a busy machine one example in a hundred takes half a second; how fast something is, the benchmarks say.
settings.register_profile("daypass", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("daypass")
