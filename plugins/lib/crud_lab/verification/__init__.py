"""How the verify stage proves a lab from outside, and finds the first broken link when it can't."""
