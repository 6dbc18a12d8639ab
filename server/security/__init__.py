"""The real things behind services/security_ports.py: tokens, passwords, sealed content, and where keys come from."""
