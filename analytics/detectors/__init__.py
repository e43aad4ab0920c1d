"""One detector a file; `analytics.registry` lists them."""
