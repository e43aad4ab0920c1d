"""Measures the shipped detectors on recordings."""
