"""Bookings: places on runs, and the queue for them."""
