"""The text of the rules as shapes: fields, what each may hold, faults with their lines."""
