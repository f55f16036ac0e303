"""Arguments and options that several commands take, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

A_WEEK = 7.0 * 24 * 3600

Symptom = Annotated[
    str | None, typer.Option(metavar="SYMPTOM", help="What you see: an id such as loss_nan, or your own words.")
]
Budget = Annotated[
    float, typer.Option(metavar="SECONDS", min=1.0, max=A_WEEK, help="Time for probes and trials, from `fit`.")
]
SetupTimeout = Annotated[
    float, typer.Option(metavar="SECONDS", min=1.0, max=A_WEEK, help="Time for the program to reach `fit`.")
]
Python = Annotated[
    Path | None,
    typer.Option("--python", metavar="PATH", help="Interpreter or environment that runs the program."),
]
Fit = Annotated[int | None, typer.Option("--fit", metavar="N", min=1, help="Which training call to examine.")]
KnowledgeBases = Annotated[
    list[Path] | None, typer.Option("--kb", metavar="DIR", help="Folder laid over the knowledge base; repeatable.")
]
StoreUrl = Annotated[
    str | None, typer.Option("--store", metavar="URL", help="Where sessions are kept: a database address or a file.")
]
SessionId = Annotated[str, typer.Argument(metavar="ID", help="The session, or the beginning of its id.")]
