"""The registry of probes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from probes import catalogue as registry
from probes.case import Budget, Case
from probes.catalogue import COSTS, NEEDS, CatalogueError, catalogue, hints, probe


@dataclass(frozen=True)
class Counted:
    """A measurement."""

    count: int
    """How many there are."""


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue()
    monkeypatch.setattr(registry, "_registry", dict(registry._registry))


def test_every_probe_is_in_the_catalogue_once_in_order_of_cost() -> None:
    found = list(catalogue().values())
    assert [COSTS.index(one.cost) for one in found] == sorted(COSTS.index(one.cost) for one in found)
    assert all(name == one.id for name, one in catalogue().items())
    assert all(set(one.needs) <= set(NEEDS) and one.title for one in found)


def test_a_module_holds_one_probe_of_its_own_name() -> None:
    for one in catalogue().values():
        assert one.measure.__module__.rpartition(".")[2] == one.id
        assert one.measurement.__module__ == one.measure.__module__


def test_a_probe_is_registered_with_its_measurement() -> None:
    @probe("counted", title="Counting", cost="instant", needs=("model",))
    def measure(case: Case, budget: Budget) -> Counted:
        return Counted(1)

    assert catalogue()["counted"].measurement is Counted
    assert catalogue()["counted"].measure is measure
    assert hints(Counted) == {"count": int}


def test_an_id_is_given_once() -> None:
    with pytest.raises(CatalogueError, match="two probes are called 'input_statistics'"):

        @probe("input_statistics", title="Again", cost="instant")
        def measure(case: Case, budget: Budget) -> Counted:
            return Counted(1)


@pytest.mark.parametrize(("cost", "needs"), [("cheap", ()), ("instant", ("luck",))])
def test_unknown_costs_and_needs_are_refused(cost: str, needs: tuple[str, ...]) -> None:
    with pytest.raises(CatalogueError, match="unknown cost"):

        @probe("odd", title="Odd", cost=cost, needs=needs)
        def measure(case: Case, budget: Budget) -> Counted:
            return Counted(1)


def test_a_measurement_is_a_dataclass() -> None:
    with pytest.raises(CatalogueError, match="is not a dataclass"):

        @probe("odd", title="Odd", cost="instant")
        def measure(case: Case, budget: Budget) -> int:
            return 1


def test_the_catalogue_cannot_be_written_to() -> None:
    with pytest.raises(TypeError):
        catalogue()["mine"] = catalogue()["signal"]  # type: ignore[index]
