"""Home: the first page of each role, and the pages that help everybody."""
