"""The knowledge base as it is."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from assistant.catalogue_fields import catalogue_fields, known_treatments
from knowledge_base.coverage import coverage
from knowledge_base.lint import lint
from knowledge_base.loading import KnowledgeBase, load
from knowledge_base.proofs import reach, trees
from knowledge_base.trees import Tree

NAMED_BY = {
    "inputs_nan": "C", "targets_nan": "C", "inputs_not_scaled": "CI", "inputs_uninformative": "CK", "label_noise": "CI",
    "class_imbalance": "VI", "class_weight_misuse": "V", "too_little_data": "CI", "low_variety": "I",
    "insufficient_augmentation": "VI", "poor_image_quality": "I", "train_val_shift": "I", "train_val_leak": "I",
    "wrong_output_activation": "I", "wrong_loss": "VI", "wrong_metric": "V", "numeric_instability": "C",
    "missing_nonlinearity": "CK", "architecture_data_mismatch": "K", "wrong_hidden_activation": "CI",
    "model_too_small": "VICK", "model_too_large": "VICK", "vanishing_gradient": "C", "exploding_gradient": "C",
    "dying_relu": "C", "saturated_activation": "C", "batchnorm_misuse": "C", "lr_too_high": "VICK",
    "lr_too_low": "VICK", "lr_schedule_bad": "VICK", "wrong_optimizer": "VIC", "batch_size_bad": "VIC",
    "too_few_epochs": "CIK", "gradient_clipping_bad": "C", "over_regularised": "I", "under_regularised": "ICK",
    "poor_local_minimum": "CI",
}  # fmt: skip
FROM_PRACTICE = [
    "inputs_constant", "duplicate_inputs", "targets_not_scaled", "labels_misaligned", "label_encoding_mismatch",
    "input_layout_wrong", "data_not_shuffled", "padding_masking", "loss_logits_mismatch", "shape_broadcast",
    "bad_initializer", "dropout_misplaced", "frozen_layers", "disconnected_layers", "training_step_wrong",
    "program_error",
]  # fmt: skip
SYMPTOMS = [
    "loss_nan", "loss_diverges", "loss_flat", "loss_slow", "loss_oscillates", "loss_plateau", "metric_stuck",
    "predicts_one_class", "overfit", "underfit", "validation_erratic", "crashes", "none", "unsure",
]  # fmt: skip


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return load()


def test_nothing_is_wrong_with_it(kb: KnowledgeBase) -> None:
    problems = lint(kb, catalogue_fields(), known_treatments())
    assert not problems, "\n".join(map(str, problems))


def test_every_advising_sentence_is_quoted(kb: KnowledgeBase) -> None:
    assert [one.sentence for one in coverage(kb) if one.advice and not one.entries] == []


@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_every_symptom_of_the_vocabulary(kb: KnowledgeBase, symptom: str) -> None:
    assert symptom in kb.symptoms


@pytest.mark.parametrize("cause", [*NAMED_BY, *FROM_PRACTICE])
def test_every_cause_of_the_vocabulary(kb: KnowledgeBase, cause: str) -> None:
    quoted = {one.document for one in kb.causes[cause].sources if one.document}
    assert quoted >= set(NAMED_BY.get(cause, "")), f"{cause} must quote {NAMED_BY.get(cause)}"


def edges(node: Any, path: tuple[str, ...] = ("root",)) -> Iterator[tuple[str, ...]]:
    """The paths of the edges below a node as it is written."""
    below = {("on", name): edge for name, edge in node.get("on", {}).items()}
    if "then" in node:
        below["then",] = node["then"]
    for keys, edge in below.items():
        yield (*path, *keys)
        if isinstance(edge, dict):
            yield from edges(edge, (*path, *keys))


def without(kb: KnowledgeBase, tree: str, path: tuple[str, ...]) -> KnowledgeBase:
    written = copy.deepcopy(kb.written["trees", tree].value)
    node = written
    for key in path[:-1]:
        node = node[key]
    del node[path[-1]]
    return replace(kb, trees={**kb.trees, tree: Tree.model_validate(written)})


def test_an_edge_that_is_deleted_is_missed(kb: KnowledgeBase) -> None:
    """Only a question that several trees ask may leave one of them unnoticed, at the end of a branch."""
    unnoticed = []
    cut = [(tree, path) for tree in kb.trees for path in edges(kb.written["trees", tree].value["root"])]
    for tree, path in cut:
        broken = without(kb, tree, path)
        if not any(True for prove in (trees.prove, reach.prove) for _ in prove(broken)):
            unnoticed.append((tree, path))
    assert len(cut) > 50
    assert all(path[-1] == "then" and kb.trees[tree].symptom is None for tree, path in unnoticed), unnoticed
    assert len(unnoticed) <= len(cut) / 10
