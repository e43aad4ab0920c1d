"""A home's measurements and open alarms as FHIR R4, for a record system. What may be in it is decided elsewhere."""
