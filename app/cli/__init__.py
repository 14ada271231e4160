"""The doors that are not pages: commands, and the starter."""
