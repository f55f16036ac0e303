from __future__ import annotations

from knowledge_base.graph import evidence_for, graph, reachable_questions, use_cycles, ways_to
from tests.knowledge_base.samples import small


def test_the_graph_leads_from_symptoms_to_causes() -> None:
    built = graph(small())
    assert built.has_edge(("symptom", "loss_flat"), ("tree", "loss_flat"))
    assert built.has_edge(("tree", "loss_flat"), ("tree", "steps"))
    assert built.has_edge(("tree", "steps"), ("question", "steps_too_long"))
    assert built.edges[("answer", "steps_too_long.too_long"), ("cause", "lr_too_high")]["band"] == "strong"


def test_reachable_questions() -> None:
    kb = small()
    assert reachable_questions(kb, "loss_flat") == {"inputs_scaled", "did_it_work", "steps_too_long"}
    assert reachable_questions(kb, "loss_oscillates") == {"inputs_scaled", "steps_too_long"}
    assert reachable_questions(kb, "none") == set()


def test_ways_to_a_cause() -> None:
    kb = small()
    assert evidence_for(kb, "inputs_not_scaled") == [("inputs_scaled", "not_scaled"), ("did_it_work", "worked")]
    answers = [("steps_too_long", "far_too_long"), ("steps_too_long", "too_long")]
    assert ways_to(kb, "lr_too_high") == {"loss_oscillates": answers, "loss_flat": answers}


def test_no_circles() -> None:
    assert use_cycles(small()) == []
