"""What a person asks of the assistant itself, in their own words: to go back, say why, show what was ruled out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

_SAME = 88.0

REQUESTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "why": ("why", "why do you ask", "why are you asking", "why this question", "what is this question for"),
        "back": ("back", "go back", "undo", "undo that", "take that back", "i made a mistake", "one step back"),
        "skip": ("skip", "skip this", "next question", "pass", "leave this out"),
        "not_sure": ("not sure", "i am not sure", "i cannot tell", "no idea"),
        "evidence": (
            "how do you know",
            "how do you know that",
            "what is the evidence",
            "show me the evidence",
            "prove it",
            "what makes you think so",
        ),
        "ruled_out": (
            "what did you rule out",
            "what have you ruled out",
            "what is ruled out",
            "what can i exclude",
            "what is it not",
        ),
        "findings": ("what did you find", "show me the findings", "what are the causes", "what is wrong so far"),
        "path": ("show me the path", "which questions did you ask", "what did you ask so far", "how did we get here"),
        "patch": ("show me the patch", "how do i change my code", "give me the diff", "fix it", "show me the fix"),
        "report": ("save the report", "write a report", "export the report", "give me the report"),
        "help": ("help", "what can i do", "what can you do", "which commands are there", "show me the keys"),
        "leave": ("quit", "exit", "bye", "stop here", "i want to stop", "close", "leave"),
    }
)
"""Ways to say each request, by the id of what is asked for."""


def requested(text: str) -> str | None:
    """The id of what a text asks for, or ``None`` where it asks for none of it."""
    from rapidfuzz import fuzz, process

    said = " ".join(re.findall(r"[a-z]+", text.lower().replace("'m", " am").replace("what's", "what is")))
    said = re.sub(r"^(please|ok|okay|well|and|so|can you|could you) | please$", "", said)
    ways = {way: id for id, each in REQUESTS.items() for way in each}
    found = process.extractOne(said, list(ways), scorer=fuzz.ratio, score_cutoff=_SAME) if said else None
    return ways[found[0]] if found else None
