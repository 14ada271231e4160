"""The demonstration academy: invented people, the published totals of 2021-22, and a programme of today."""
