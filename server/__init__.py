"""Composition and process: the only code that knows everything."""
