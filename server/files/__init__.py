"""Files at rest and on their way in: sealing, stores, the scanner, and the look inside."""
