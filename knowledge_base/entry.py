"""What every entry of the knowledge base is made of: its base, and the kinds of its values."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Code = Annotated[str, StringConstraints(min_length=1)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Entry(BaseModel):
    """The base of everything an author writes: immutable, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
