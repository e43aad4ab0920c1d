"""How the chain's tables came to be; opened with `Store.open(path, also=[co_design.FOLDER])`."""
