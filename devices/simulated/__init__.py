"""Devices that are not there, speaking real frames to the unmodified libraries."""
