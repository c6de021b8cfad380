"""The shapes that enter and leave by JSON. They live here at the doors; nothing further in knows of them."""
