"""Stand-ins for what needs the internet: a carrier that the real client libraries talk to."""
