"""The steps from an empty database to the tables of this Daypass; run by store/schema."""
