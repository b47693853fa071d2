"""Bytes from a path or a URI, and safe writing."""
