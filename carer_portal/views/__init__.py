"""What the pages look like. Nothing is decided here: a view shows what `queries` gives it."""
