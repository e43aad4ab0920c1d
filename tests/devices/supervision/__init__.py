"""Supervision: each rule on its own, then the whole of it."""
