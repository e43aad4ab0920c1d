"""`python -m carer_portal`."""

from carer_portal.cli import app

if __name__ == "__main__":
    app()
