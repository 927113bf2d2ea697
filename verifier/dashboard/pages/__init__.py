"""One file a kind of page: which there are, and what each shows."""
