"""A text in, a rulebook out, or every fault at once; and what two rulebooks differ in."""
