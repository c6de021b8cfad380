"""The decision."""
