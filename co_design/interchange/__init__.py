"""Ways in and out of the record: paper, CSV, JSON, and the codebooks of qualitative-analysis tools."""
