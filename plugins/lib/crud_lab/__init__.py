"""What the plugins do, apart from Ansible: each module can be used and tested without it."""
