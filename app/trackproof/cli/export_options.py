"""The options of ``trackproof export``: where, how, which flags, at what price."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Send(StrEnum):
    """What workers get."""

    WINDOWS = "windows"
    COPIES = "copies"
    WHOLE = "whole"


OutputFolder = Annotated[
    Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write; must be new.")
]
Force = Annotated[
    bool, typer.Option("--force", help="Replace the folder; the old one is kept beside.")
]
Destination = Annotated[
    str, typer.Option(metavar="S3URI", help="Where in S3 the folder will be copied to.")
]
Prefix = Annotated[
    str,
    typer.Option(
        metavar="S3URI",
        help="Where in S3 the frames are, if the labels do not say; for several sequences, the "
        "folder with one folder per sequence.",
    ),
]
AuditName = Annotated[
    str, typer.Option(metavar="NAME", help="Label attribute name of the labels to correct.")
]
ResultName = Annotated[
    str, typer.Option(metavar="NAME", help="Label attribute name of the result.")
]
Context = Annotated[
    int, typer.Option(min=0, metavar="FRAMES", help="Frames shown around each flag.")
]
Way = Annotated[
    Send,
    typer.Option(
        "--send",
        help="Short windows on the frames where they are; windows with copies of their frames "
        "(copies.csv lists them); or whole sequences with the flags in the instructions.",
    ),
]
Verify = Annotated[
    bool, typer.Option("--verify", help="Workers judge the labels and cannot change them.")
]
Lock = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Label or attribute that stays as it is; repeatable."),
]
Top = Annotated[int | None, typer.Option(min=1, metavar="N", help="Send the N best flags only.")]
MinScore = Annotated[
    float,
    typer.Option(
        min=0.0,
        metavar="SCORE",
        help="Send flags of at least this score; 1 = as likely wrong as right.",
    ),
]
MaxFrames = Annotated[int | None, typer.Option(min=1, metavar="N", help="Send at most N frames.")]
MaxCost = Annotated[
    float | None, typer.Option(min=0.0, metavar="MONEY", help="Spend at most this much.")
]
TaskPrice = Annotated[float, typer.Option(min=0.0, metavar="MONEY", help="What one window costs.")]
FramePrice = Annotated[float, typer.Option(min=0.0, metavar="MONEY", help="What one frame costs.")]
JobFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="TOML with role, work team and so on; adds job requests."),
]
