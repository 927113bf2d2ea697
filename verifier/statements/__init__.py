"""What is signed, as bytes and back; pure. ADR 21 says which bytes, and what is refused."""
