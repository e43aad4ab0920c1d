"""The record of how residents, carers and facilitators shape the system."""
