"""`alongside erase`."""

from carer_portal.cli_data import erase_app as app

__all__ = ["app"]
