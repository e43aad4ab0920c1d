"""Who may come in: accounts, sessions, invitations, lock-out, and the second factor. None of it knows Streamlit."""
