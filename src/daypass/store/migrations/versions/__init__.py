"""One step a module, numbered in their order."""
