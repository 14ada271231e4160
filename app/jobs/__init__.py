"""Jobs: the timetable, the one process that keeps it, and what each run did."""
