"""Fitting a home with sensors: find them, declare them, walk the rooms with them, see how they do."""
