"""Timings as ratios, and what a lab takes: by hand."""
