"""Programmes: what was commissioned, its courses and their versions, and whom each course is for."""
