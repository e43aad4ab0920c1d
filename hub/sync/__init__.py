"""From one home's hub to a centre: what happened, in order, once, and only what the resident lets leave the home."""
