"""The demo: a made-up home and a person's day, through the real hub."""
