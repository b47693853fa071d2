"""Clip classification: manifests of videos, answers, consolidation, and what is written back."""
