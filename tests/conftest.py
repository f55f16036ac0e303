"""Fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import Bench, OpenCase

# A busy machine is no failure of a property; in continuous integration every run draws the same examples.
settings.register_profile(
    "steady", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One host for the session: ``host.open(source)`` opens a program in a worker, ``host.host`` is the host itself."""
    bench = Bench(tmp_path_factory.mktemp("programs"))
    yield bench
    bench.close()


@pytest.fixture
def open_case(host: Bench) -> Iterator[Callable[..., OpenCase]]:
    """``open_case(path_or_source, **settings)``: a held program, closed at the end of the test.

    ``case = open_case("mlp.py"); case.probe("input_statistics")``. Source text is written to a folder of its own;
    ``files={"name.py": text}`` adds neighbours; other keywords are those of ``Program``.
    """
    opened: list[OpenCase] = []

    def open_one(source: Any, **settings: Any) -> OpenCase:
        opened.append(host.open(source, **settings))
        return opened[-1]

    yield open_one
    for case in opened:
        case.close()
