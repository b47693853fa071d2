"""Pixels: image folders, videos, the frame cache."""
