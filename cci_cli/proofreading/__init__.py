"""Holding a text about a period against its numbers."""
