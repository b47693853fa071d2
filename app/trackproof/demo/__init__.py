"""The demo scene: rendered from its recipe, with planted mistakes."""
