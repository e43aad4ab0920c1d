"""The hub: it hears, stores, notices, asks the person first, and then fetches help."""
