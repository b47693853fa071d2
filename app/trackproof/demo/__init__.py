"""The demo scene: rendered from its recipe, with planted mistakes."""

from trackproof.demo.folder import DemoScene, ensure_demo

__all__ = ["DemoScene", "ensure_demo"]
