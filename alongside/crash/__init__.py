"""Kills a hub again and again, as power cuts do, and counts what was lost and what was said twice."""
