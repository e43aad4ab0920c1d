"""Finds what can be heard in a home, and what it is likely to be."""
