"""What every test may ask for: the servers."""

pytest_plugins = ["tests.servers.fixtures"]
