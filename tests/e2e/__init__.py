"""The lab from outside, on a real machine: built, used, restarted, killed, refused, removed."""
