"""Falls from raw movement: one common form of samples, knocks, what surrounds them, and how much it is like a fall."""
