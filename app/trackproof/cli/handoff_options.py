"""The options of ``trackproof export`` and ``merge``: where, how, which flags, at what price."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Flags(StrEnum):
    """Which flags go out."""

    ALL = "all"
    WAITING = "waiting"
    CONFIRMED = "confirmed"


class Send(StrEnum):
    """What workers get."""

    WINDOWS = "windows"
    COPIES = "copies"
    WHOLE = "whole"


OutputFolder = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="DIR", help="Folder to write; must be new."),
]
To = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="S3URI",
        help="Send the package straight to this folder in S3, manifests last; copies of frames are "
        "made there. Sending again goes on where an upload broke.",
    ),
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
Chosen = Annotated[
    Flags,
    typer.Option(
        "--flags",
        help="Flags of the checks alone; or, from your review of these labels and with your fixes: "
        "those that are not settled yet, or those that you confirmed.",
    ),
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

PackageFolder = Annotated[
    str,
    typer.Argument(
        metavar="PACKAGE", help="The exported folder, with its plan.json, on the disk or s3://..."
    ),
]
ResultsPath = Annotated[
    str,
    typer.Argument(
        metavar="RESULTS",
        help="Output of the jobs: folder, manifest or SeqLabel, on the disk or s3://...",
    ),
]
MergedFolder = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="DIR", help="Write the merged labels here; must be new."
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Take over this object only; repeatable."),
]
WithoutContext = Annotated[
    bool, typer.Option("--without-context", help="Leave changes on frames shown as context.")
]
Theirs = Annotated[
    bool, typer.Option("--theirs", help="Workers win where labels were edited here meanwhile.")
]
DeleteEmptied = Annotated[
    bool, typer.Option("--delete-emptied", help="Delete boxes in frames that came back empty.")
]
