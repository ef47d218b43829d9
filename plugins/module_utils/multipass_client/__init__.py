"""One Multipass instance, through Multipass' command line alone; standard library only."""
