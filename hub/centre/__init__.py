"""The fleet side: workers that take in what hubs publish, and what watches over the hubs themselves."""
