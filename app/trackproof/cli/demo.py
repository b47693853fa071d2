"""``trackproof demo``: render the scene once, then open it."""

from __future__ import annotations

from trackproof.cli.terminal import progress_bar


def demo_paths() -> tuple[str, str]:
    """Return the demo's labels and frames, rendered on first use."""
    from trackproof import demo

    with progress_bar("Rendering the demo") as progress:
        scene = demo.ensure_demo(progress=progress)
    return str(scene.labels_path), str(scene.frames_dir)
