"""What other rules would change, found by questions drawn at the edges of each rule."""
