"""The two themes of our own: one accent, three status colours, everything else in greys."""

from __future__ import annotations

from textual.color import Color
from textual.theme import Theme

DARK = Theme(
    name="triage-dark",
    primary="#8aadf4",
    secondary="#8aadf4",
    accent="#8aadf4",
    warning="#e5c07b",
    error="#ed8796",
    success="#9ccb86",
    foreground="#d6dae3",
    background="#14171d",
    surface="#1b1f27",
    panel="#252a34",
    dark=True,
    text_alpha=1.0,
    variables={
        "text-soft": "#8c95a6",
        "line": "#323946",
        "code": "#c3cbe0",
        "block-cursor-background": "#2f3a52",
        "block-cursor-foreground": "#eef1f7",
        "block-cursor-text-style": "none",
        "input-selection-background": "#8aadf4 30%",
        "footer-background": "#14171d",
        "footer-key-foreground": "#8aadf4",
        "footer-description-foreground": "#8c95a6",
        "border": "#8aadf4",
        "border-blurred": "#323946",
        "scrollbar": "#323946",
        "scrollbar-hover": "#48516a",
        "scrollbar-active": "#8aadf4",
        "scrollbar-background": "#14171d",
        "scrollbar-background-hover": "#14171d",
        "scrollbar-background-active": "#14171d",
        "scrollbar-corner-color": "#14171d",
    },
)

LIGHT = Theme(
    name="triage-light",
    primary="#3157b7",
    secondary="#3157b7",
    accent="#3157b7",
    warning="#8f5b00",
    error="#b3263f",
    success="#2f6f2b",
    foreground="#262b35",
    background="#fbfaf8",
    surface="#f2f0ec",
    panel="#e6e3dd",
    dark=False,
    text_alpha=1.0,
    variables={
        "text-soft": "#666d7a",
        "line": "#d3cfc7",
        "code": "#2d3a5e",
        "block-cursor-background": "#d5def4",
        "block-cursor-foreground": "#1a2030",
        "block-cursor-text-style": "none",
        "input-selection-background": "#3157b7 25%",
        "footer-background": "#fbfaf8",
        "footer-key-foreground": "#3157b7",
        "footer-description-foreground": "#666d7a",
        "border": "#3157b7",
        "border-blurred": "#d3cfc7",
        "scrollbar": "#d3cfc7",
        "scrollbar-hover": "#b3aea4",
        "scrollbar-active": "#3157b7",
        "scrollbar-background": "#fbfaf8",
        "scrollbar-background-hover": "#fbfaf8",
        "scrollbar-background-active": "#fbfaf8",
        "scrollbar-corner-color": "#fbfaf8",
    },
)

BLENDS = {"text-soft": 0.62, "line": 0.22, "code": 0.9}
"""Shares of the foreground in the greys that the style sheet needs and themes that are not ours do not define."""


def completed(variables: dict[str, str]) -> dict[str, str]:
    """The colours of a theme with the greys that it lacks, mixed from its own foreground and background."""
    ground = Color.parse(variables.get("background", "#000000"))
    ink = Color.parse(variables.get("foreground", "#ffffff"))
    mixed = {name: ground.blend(ink, share).hex6 for name, share in BLENDS.items()}
    return {**mixed, **variables}
