"""What is printed: the kit for a session, its report, and letters; in large print where nothing else is asked for."""
