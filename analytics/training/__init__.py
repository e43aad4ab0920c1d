"""Makes the small tables of learnt coefficients from recordings. Nothing here runs on a hub."""
