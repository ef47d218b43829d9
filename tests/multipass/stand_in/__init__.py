"""The stand-in: Multipass 1.16.3's commands as recorded, on node containers or on nothing but a file."""
