"""The rules themselves, changed as access is given: one owner proposes, another agrees, and every version is kept."""
