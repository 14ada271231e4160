"""Two records of one person: which may be, becoming one, and taking that back."""
