"""Streams of samples: which are lost, and when each was taken by the hub's clock."""
