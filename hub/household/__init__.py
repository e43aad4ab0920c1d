"""home.toml: people, consent, rotas, plans, alarms, channels and devices, as data."""
