"""From a finding to a person who comes: pure decisions over durable state, and the service that acts on them."""
