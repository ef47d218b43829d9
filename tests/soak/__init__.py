"""Long runs, by hand."""
