"""Sessions: runs of a course, their dated sessions, venues and trainers."""
