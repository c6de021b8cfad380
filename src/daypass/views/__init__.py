"""What people see, computed once for every door, as values. Reads only, and no vendor's markup."""
