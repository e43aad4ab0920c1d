"""Pages of plain HTML, without JavaScript: for the resident, for signing in, for links in texts, for paper."""
