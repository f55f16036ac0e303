"""What the numbers of a watched training are called; the numbers are those of programs that were run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from knowledge_base.loading import load
from knowledge_base.questions import answer_of
from knowledge_base.saying import MISSING_VALUE, say

RUN = load().questions["what_the_run_shows"]

LEARNT: Mapping[str, Any] = {
    **dict.fromkeys(
        [
            "error_type",
            "first_nonfinite_step",
            "weights_nonfinite_step",
            "seen_ahead",
            "untold",
            "searched",
            "stopped_by",
            "copied",
            "copied_spread",
            "validation_lost",
            "lone_softmax",
        ]
    ),
    "sequence_classes": 0,
    "receptive_share": 1.0,
    "varied": False,
    "completed": True,
    "numbers_per_target": 1.0,
    "steps": 1320,
    "divided_whole": False,
    "known_share": 0.0,
    "out_of_reach": 0.0,
    "pictures_dark": 0.0,
    "pictures_contrast": None,
    "goes_on": False,
    "in_turn": False,
    "searching": False,
    "negative_weights": 0.0,
    "all_frozen": False,
    "loss_from": "step",
    "first_loss": 2.294,
    "final_loss": 0.955,
    "best_loss": 0.955,
    "peak_loss": 2.01,
    "loss_to_constant": 0.415,
    "fall": 0.584,
    "growth": 0.416,
    "rise": 1.0,
    "late_fall": 0.157,
    "late_trend": -0.177,
    "late_drop": 0.177,
    "oscillation": 0.0,
    "epoch_oscillation": 0.0,
    "inference_to_training": 0.945,
    "inputs_used": 1.0,
    "validation_rise": 1.0,
    "validation_to_training": 0.95,
    "validation_final_loss": 0.907,
    "validation_late_trend": -0.1,
    "constant_loss": 2.3,
    "validation_jump": 0.01,
    "score": "balanced_accuracy",
    "skill_training": 0.88,
    "skill_validation": 0.869,
    "skill_reference": 0.928,
    "shortfall": 0.023,
    "margin": 0.036,
    "ahead": -0.095,
    "gap": 0.011,
    "wrong": 0.116,
    "evenness": 0.0,
    "reference_lead": 0.02,
    "majority_share": 0.126,
    "target_majority": 0.111,
}
UNSCORED = {
    **dict.fromkeys(
        ["skill_reference", "shortfall", "margin", "ahead", "wrong", "evenness", "reference_lead", "majority_share"]
    ),
    "score": "loss",
    "skill_training": 0.987,
    "skill_validation": 0.987,
    "fall": 0.987,
    "gap": 0.0,
}
WORDS = {
    **UNSCORED,
    "sequence_classes": 878,
    "score": "balanced_accuracy",
    "skill_training": 0.044,
    "skill_validation": 0.044,
    "wrong": 0.628,
    "evenness": 0.327,
    "loss_to_constant": 0.604,
    "fall": 0.644,
    "growth": 0.356,
    "late_trend": -0.066,
}

WEAK = {
    "skill_training": 0.22,
    "shortfall": 0.0,
    "margin": 0.173,
    "gap": 0.165,
    "target_majority": 0.627,
    "constant_loss": 0.66,
    "loss_to_constant": 0.896,
    "fall": 0.2,
    "late_fall": 0.138,
    "late_trend": -0.055,
    "validation_late_trend": 0.022,
    "validation_rise": 1.04,
    "wrong": 0.385,
    "evenness": 0.952,
}

FILMS = {
    "score": "r2",
    "skill_training": 0.82,
    "skill_validation": 0.57,
    "skill_reference": 0.2,
    "shortfall": 0.0,
    "gap": 0.253,
    "late_trend": -0.01,
}


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        pytest.param({}, "healthy", id="as it is"),
        pytest.param(
            {"skill_training": 0.677, "gap": -0.191, "reference_lead": 0.35, "validation_rise": 1.036},
            "training_rows_contradict",
            id="wrong labels in training alone",
        ),
        pytest.param({"skill_training": 0.75, "gap": -0.12}, "healthy", id="augmented rows are harder"),
        pytest.param(
            {"skill_training": 0.56, "skill_validation": 0.53, "gap": 0.03, "reference_lead": 0.32, "shortfall": 0.0},
            "training_labels_contradict",
            id="wrong labels in training, learnt by heart in part",
        ),
        pytest.param(
            {
                "skill_training": 0.56,
                "skill_validation": 0.53,
                "gap": 0.03,
                "reference_lead": 0.32,
                "shortfall": 0.0,
                "varied": True,
            },
            "healthy",
            id="varied rows are harder",
        ),
        pytest.param({"reference_lead": 0.32}, "healthy", id="harder training rows, learnt all the same"),
        pytest.param(
            {"score": "r2", "skill_training": -1.0, "skill_validation": 0.414, "skill_reference": -1.0, "gap": -1.41}
            | {"shortfall": 0.0, "fall": 0.4, "late_fall": 0.0, "late_trend": 0.0, "reference_lead": -2.0},
            "plateau",
            id="the training rows are not learnt at all",
        ),
        pytest.param(
            {
                "first_loss": 0.503,
                "final_loss": -46.1,
                "fall": 92.7,
                "growth": -91.7,
                "late_fall": 0.494,
                "late_trend": -0.673,
            },
            "falls_without_end",
            id="cross-entropy of labels -1 and 1",
        ),
        pytest.param(
            {
                "first_loss": 3.2,
                "final_loss": -1.4,
                "fall": 1.44,
                "growth": -0.44,
                "late_fall": 0.04,
                "late_trend": -0.05,
            },
            "healthy",
            id="a density that is learnt",
        ),
        pytest.param(
            {"divided_whole": True, "skill_training": 0.62, "skill_validation": 0.45, "gap": 0.17, "shortfall": 0.0},
            "overfits",
            id="little is left of the pixels",
        ),
        pytest.param(
            {
                "divided_whole": True,
                "skill_training": 0.67,
                "skill_validation": 0.67,
                "shortfall": 0.0,
                "late_trend": -0.01,
            },
            "underfits",
            id="little is left of the pixels, and all of it is learnt",
        ),
        pytest.param(
            {
                "skill_training": 0.533,
                "skill_validation": 1.0,
                "gap": -0.467,
                "reference_lead": 0.215,
                "target_majority": 0.951,
                "shortfall": 0.0,
            },
            "healthy",
            id="a handful of rows of rare classes",
        ),
        pytest.param(
            {
                "pictures_dark": 1.0,
                "pictures_contrast": 0.5,
                "skill_training": 0.5,
                "skill_validation": 0.46,
                "gap": 0.04,
                "shortfall": 0.0,
                "late_trend": -0.01,
            },
            "plateau",
            id="pictures too dark to learn from, and all of it is learnt",
        ),
        pytest.param(
            {"known_share": 1.0, "skill_validation": 0.95}, "judged_on_training_rows", id="training rows again"
        ),
        pytest.param({"known_share": None}, "healthy", id="rows that repeat by nature"),
        pytest.param(
            {
                "loss_to_constant": 0.79,
                "fall": 0.27,
                "late_fall": 0.37,
                "late_trend": -0.12,
                "skill_training": 0.0,
                "skill_validation": 0.0,
                "skill_reference": 0.03,
                "shortfall": 0.0,
                "gap": 0.0,
                "validation_rise": 1.4,
            },
            "underfits",
            id="a loss that falls by heart alone",
        ),
        pytest.param({"pictures_dark": 0.3, "pictures_contrast": 0.5}, "healthy", id="some dark pictures"),
        pytest.param(
            {
                "score": "r2",
                "out_of_reach": 0.73,
                "skill_training": 0.34,
                "skill_validation": 0.35,
                "skill_reference": None,
                "shortfall": None,
                "gap": -0.01,
                "late_fall": 0.02,
                "late_trend": -0.004,
                "validation_rise": 1.0,
            },
            "plateau",
            id="most targets out of reach",
        ),
        pytest.param({"score": "r2", "out_of_reach": 0.04}, "healthy", id="outliers out of reach"),
        pytest.param(
            {"divided_whole": True, "skill_training": 0.95, "skill_validation": 0.95},
            "healthy",
            id="enough is left of the pixels",
        ),
        pytest.param(UNSCORED, "learns_by_its_loss", id="not scored"),
        pytest.param({**UNSCORED, "numbers_per_target": 24.0}, "numbers_to_spare", id="a number a step for one target"),
        pytest.param({**UNSCORED, "copied": 0.6, "copied_spread": 0.7}, "learns_by_its_loss", id="inputs come back"),
        pytest.param({**UNSCORED, "copied": -0.9, "copied_spread": 0.8}, "learns_by_its_loss", id="others come out"),
        pytest.param({**UNSCORED, "copied": 0.0, "copied_spread": 0.02}, "gives_the_mean", id="the mean comes out"),
        pytest.param(
            {**UNSCORED, "validation_to_training": 11941.0},
            "validation_apart",
            id="not scored, validation on another scale",
        ),
        pytest.param(
            {**UNSCORED, "validation_to_training": 9.0, "validation_lost": 0.03},
            "learns_by_its_loss",
            id="not scored, a loss that ends near zero",
        ),
        pytest.param(
            {**UNSCORED, "validation_to_training": 9.0, "validation_lost": 0.4},
            "validation_apart",
            id="not scored, validation far behind",
        ),
        pytest.param({**FILMS, "ahead": 0.34}, "healthy", id="far ahead of simple models, and at its best"),
        pytest.param({**FILMS, "ahead": 0.2}, "overfits", id="not that far ahead"),
        pytest.param({**FILMS, "ahead": 0.34, "validation_rise": 1.2}, "overfits", id="far ahead, and past its best"),
        pytest.param(
            {**WEAK, "skill_validation": 0.12, "skill_reference": 0.1, "validation_final_loss": 0.55},
            "healthy",
            id="a weak signal",
        ),
        pytest.param(
            {**WEAK, "skill_validation": 0.055, "skill_reference": 0.1, "validation_final_loss": 0.7},
            "underfits",
            id="a weak signal, and rows learnt by heart",
        ),
        pytest.param(
            {**WEAK, "skill_validation": 0.12, "skill_reference": 0.0, "validation_final_loss": 0.65},
            "still_falling",
            id="what may be luck",
        ),
        pytest.param(WORDS, "learns_unrivalled", id="the next words of a text"),
        pytest.param({**WORDS, "sequence_classes": 9}, "metric_stuck", id="tags that are not learnt"),
        pytest.param({**WORDS, "loss_to_constant": 0.99, "fall": 0.04}, "flat", id="words by their frequency alone"),
        pytest.param({**WORDS, "validation_rise": 1.4}, "underfits", id="words that are learnt by heart"),
        pytest.param({**WORDS, "completed": False}, "cut_short", id="words, and the budget ended the run"),
        pytest.param(
            {"in_turn": True, "all_frozen": True, "skill_training": 0.0, "skill_validation": 0.0, "shortfall": 0.5},
            "nothing_trained",
            id="one of two nets in turn that is frozen",
        ),
        pytest.param(
            {"negative_weights": 0.45, "skill_training": 0.1, "skill_validation": 0.1, "shortfall": 0.5},
            "rewarded",
            id="a policy that is taught by reward",
        ),
        pytest.param(
            {"searching": True, "searched": "lr", "skill_training": 0.545, "skill_validation": 0.597, "shortfall": 0.2},
            "one_of_several",
            id="one of several settings",
        ),
        pytest.param(
            {"wrong": 0.33, "evenness": 0.9, "skill_training": 0.35, "skill_validation": 0.32, "shortfall": 0.53}
            | {"fall": 0.4, "late_trend": -0.0005},
            "plateau",
            id="wrong where a simple model is right",
        ),
    ],
)
def test_what_a_run_is_called(change: Mapping[str, Any], answer: str) -> None:
    assert answer_of(RUN, {**LEARNT, **change}).answer_id == answer


@pytest.mark.parametrize(
    ("reference", "network", "answer"),
    [(0.6, 0.3, "by_far"), (0.33, 0.0, "by_far"), (0.33, 0.15, "no"), (0.12, 0.0, "no")],
)
def test_how_far_simple_models_lead(reference: float, network: float, answer: str) -> None:
    lead = {"skill_reference": reference, "skill_validation": network, "shortfall": reference - network - 0.02}
    gap = load().questions["reference_gap"]
    assert answer_of(gap, {**LEARNT, "reference_model": "linear", **lead}).answer_id == answer


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({}, "beyond_its_sight"),
        ({"receptive_share": 0.5}, "by_far"),
        ({"late_drop": 0.2}, "by_far"),
        ({"skill_training": 0.8}, "by_far"),
        ({"shortfall": 0.2}, "by_far"),
    ],
    ids=["near places alone", "half of the input", "still learning", "learns its training rows", "a small lead"],
)
def test_what_convolutions_do_not_see_together(change: Mapping[str, Any], answer: str) -> None:
    numbers = {**LEARNT, "receptive_share": 0.05, "late_drop": 0.01, "skill_training": 0.02}
    lead = {"skill_reference": 0.94, "skill_validation": 0.0, "shortfall": 0.9, "reference_model": "neighbours"}
    gap = load().questions["reference_gap"]
    assert answer_of(gap, {**numbers, **lead, **change}).answer_id == answer


@pytest.mark.parametrize(
    "change", [{}, {**UNSCORED, "score_validation": None}, WORDS], ids=["scored", "not scored", "without reference"]
)
def test_what_learns_is_told_by_what_was_measured(change: Mapping[str, Any]) -> None:
    numbers = {**LEARNT, "score_validation": 0.9, **change}
    chosen = answer_of(RUN, numbers).answer_id
    assert chosen is not None
    assert RUN.answers[chosen].symptom == "none"
    assert MISSING_VALUE not in say(RUN.answers[chosen], numbers)


def test_what_is_not_known_of_a_copy_is_told() -> None:
    question = load().questions["inputs_come_back"]
    reason = "the model cannot be called on its inputs: NotImplementedError"
    numbers = {**LEARNT, "emptied_share": None, "copied_unknown": reason}
    assert answer_of(question, numbers).answer_id == "not_known"
    assert reason in say(question.answers["not_known"], numbers)
    assert answer_of(question, {**numbers, "copied_unknown": None}).answer_id == "come_back"


@pytest.mark.parametrize(
    ("epochs", "trend", "answer"), [(3, -0.22, "ended_on_its_way"), (3, -0.01, "ended"), (20, -0.22, "ended")]
)
def test_what_ends_a_run(epochs: int, trend: float, answer: str) -> None:
    cut = {
        "stopped_by": "EarlyStopping",
        "epochs": epochs,
        "planned_epochs": 25,
        "late_trend": trend,
        "late_drop": -trend,
    }
    found = answer_of(load().questions["stopped_too_soon"], {**LEARNT, **cut, "shortfall": 0.4})
    assert found.answer_id == answer
