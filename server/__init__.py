"""Composition and process: the only code that knows everything."""

VERSION = "0.1.0"
