"""Detectors that notice, streaming and pure, and the evaluation of what they notice."""
