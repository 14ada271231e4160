"""The board's page: where each target stands, and never a name."""
