"""Where a hub is made to die: at the borders of each kind of transaction, and around every word with a carrier."""

CHAINS: tuple[tuple[str, ...], ...] = (
    ("before Ingest:1",),
    ("in Ingest:1",),
    ("after Ingest:1",),
    ("before Escalation:1",),  # at the start, before it takes up what was under way
    ("in Escalation:1",),
    ("after Escalation:1",),
    ("call begun:1",),
    ("call taken:1",),
    ("before Escalation:4",),  # what came of a call, or of a reply
    ("in Escalation:4",),
    ("after Escalation:4",),
    ("replies read:1",),
    ("in Ledger:1",),
    ("call taken:1", "in arrange:1"),  # and again while it starts
    ("call taken:1", "in Escalation:1"),  # ... while it takes up what was under way
    ("call taken:1", "look begun:1"),  # ... before the carrier could say what it knows
    ("call taken:1", "look done:1"),
)
"""One point a life: the later ones of a chain are those of the lives that follow.

A point is a name and a count. The names of transactions are those of the classes that submit them.
"""
