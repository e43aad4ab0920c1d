"""The `alongside` command: it puts the rooms together."""
