"""Attendance: registers, and how each person's learning goes on."""
