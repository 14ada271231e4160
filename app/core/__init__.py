"""What every room stands on: the database, the clock, errors, permissions and page helpers. Knows no room."""
