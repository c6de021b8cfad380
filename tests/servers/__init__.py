"""The real servers that the tests run against, each on a free port of 127.0.0.1 and started only when a test asks."""
