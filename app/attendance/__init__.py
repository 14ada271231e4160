"""Attendance: registers, and the completions that follow from them."""
