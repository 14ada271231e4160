"""Figures: targets, the populations and cohorts that they are about, and where each stands on any date."""
