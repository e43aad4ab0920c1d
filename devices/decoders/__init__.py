"""Decoders: bytes to observations, pure, one file a device family."""
