"""How the portal's tables came to be; opened with `Store.open(path, also=[schema.MIGRATIONS])`."""
