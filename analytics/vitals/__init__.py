"""What vital signs say: the rhythm of the pulse, the early-warning score, and what is usual for this person."""
