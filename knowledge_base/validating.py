"""Plain values to entries of the schema, with errors that name the place and the nearest known key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from knowledge_base.problems import LoadError, Problem
from knowledge_base.reading import Written

Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], written: Written) -> Model:
    """The entry that was written.

    Raises:
        LoadError: it does not fit the schema; every misfit is listed with its place.
    """
    try:
        return model.model_validate(written.value)
    except ValidationError as error:
        problems = [_problem(model, written, details) for details in error.errors(include_url=False)]
        raise LoadError(problems) from error


def nearest(word: str, known: Any) -> str | None:
    """The known word that is most like another, if any is like it at all."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=65)
    return str(found[0]) if found else None


def or_nearest(word: str, known: Any) -> str:
    """The end of a sentence that suggests the nearest known word; empty where nothing is near."""
    found = nearest(word, known)
    return f"; did you mean {found!r}?" if found else ""


def _problem(model: type[BaseModel], written: Written, details: ErrorDetails) -> Problem:
    keys = details["loc"]
    message = details["msg"].removeprefix("Value error, ")
    if details["type"] == "extra_forbidden":
        key = str(keys[-1])
        message = f"unknown key {key!r}{or_nearest(key, known_keys(model, keys[:-1]))}"
    elif details["type"] == "missing":
        message = f"the key {str(keys[-1])!r} is missing"
    else:
        message = f"{_named(keys)}{message[:1].lower()}{message[1:]}"
    return Problem.at(written.place(*keys), message)


def _named(keys: tuple[int | str, ...]) -> str:
    names = [str(key) for key in keys if not str(key).startswith("<")]
    return f"{names[-1]}: " if names else ""


def known_keys(model: type[BaseModel], keys: tuple[int | str, ...]) -> list[str]:
    """The keys that the schema knows at the end of a path of keys."""
    models = {model}
    for key in keys:
        models = _models_under(models, str(key)) or models
    return sorted(name for one in models for name in _fields(one))


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _models_under(models: set[type[BaseModel]], key: str) -> set[type[BaseModel]]:
    found: set[type[BaseModel]] = set()
    for model in models:
        if key.startswith("<"):
            continue
        if key in _fields(model):
            found |= set(_models_in(_fields(model)[key]))
        elif model.model_config.get("extra") == "allow":
            found |= set(_models_in(model.__annotations__["__pydantic_extra__"], model))
    return found


def _models_in(annotation: Any, owner: type[BaseModel] | None = None) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, str) and owner is not None:
        import sys
        import typing

        hints = typing.get_type_hints(owner, vars(sys.modules[owner.__module__]))
        annotation = hints["__pydantic_extra__"]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
