"""`make bench`: how quick and how small Takeup is, beside what the same work costs without it.

It measures and never fails a test. Each line of its table says what was done, what it cost us, what the
baseline cost in the same run (the two took turns, and each number is the median of five rounds), their
ratio, and the bound that we hold ourselves to. `python -m tests.bench --help` lists the choices.
"""
