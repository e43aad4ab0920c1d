"""The registers: what is assumed, who decides what, what nudges, what it costs people, what was promised and given."""
