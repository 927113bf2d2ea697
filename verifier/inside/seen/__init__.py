"""Text that reads otherwise than it runs: characters that are not seen, and names that look like others."""
