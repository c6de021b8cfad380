"""Programs that ask for access, by a token of ours or by one of somebody whom we trust. They never decide."""
