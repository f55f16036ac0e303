"""Every cause is reached by recorded answers, ranks where it should, and is told from its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from assistant.dialogue import Dialogue
from assistant.events import CaseOpened, CauseConcluded, PersonAnswered, ProbeFinished, SymptomNamed
from assistant.ranking import CONFIRMED, Answer, Finding, rank
from assistant.steps import AskPerson, Conclude, RunProbe
from knowledge_base.loading import KnowledgeBase, load
from knowledge_base.questions import Chosen, Question
from probes.catalogue import catalogue
from probes.process.description import CaseDescription, Failure

Answers = Mapping[str, str]

REACHED: dict[str, tuple[str, Answers]] = {
    "inputs_nan": ("loss_nan", {"inputs_finite": "missing_values"}),
    "targets_nan": ("loss_nan", {"targets_finite": "missing_values", "where_nan_is_born": "in_the_data"}),
    "inputs_not_scaled": ("loss_flat", {"inputs_scaled": "enormous"}),
    "inputs_constant": ("predicts_one_class", {"inputs_vary": "nothing", "inputs_predict_targets": "nothing"}),
    "duplicate_inputs": ("overfit", {"inputs_distinct": "same_batches", "gap_of_training_and_validation": "by_heart"}),
    "inputs_uninformative": ("underfit", {"inputs_predict_targets": "nothing", "expert_could_tell": "no"}),
    "targets_not_scaled": ("loss_slow", {"targets_scaled": "enormous"}),
    "labels_misaligned": (
        "metric_stuck",
        {"inputs_predict_targets": "nothing_in_structured_inputs", "how_labels_were_made": "joined"},
    ),
    "label_noise": ("loss_plateau", {"inputs_predict_targets": "a_little", "labels_agree": "wrong_everywhere"}),
    "label_encoding_mismatch": ("metric_stuck", {"targets_readable": "one_hot_for_ids"}),
    "class_imbalance": ("predicts_one_class", {"classes_balanced": "very_rare", "what_the_run_shows": "one_class"}),
    "class_weight_misuse": ("predicts_one_class", {"weights_of_classes": "wrong_way"}),
    "too_little_data": ("overfit", {"enough_rows": "handful", "gap_of_training_and_validation": "by_heart"}),
    "low_variety": ("overfit", {"classes_varied": "near_copies", "gap_of_training_and_validation": "by_heart"}),
    "insufficient_augmentation": ("underfit", {"augmentation_harmless": "destroys"}),
    "input_layout_wrong": ("loss_plateau", {"axes_in_order": "reshaped", "reference_gap": "by_far"}),
    "poor_image_quality": ("underfit", {"pictures_show_something": "washed_out"}),
    "data_not_shuffled": ("loss_oscillates", {"order_shuffled": "one_class_at_a_time"}),
    "train_val_shift": ("overfit", {"validation_alike": "other_scale"}),
    "train_val_leak": ("validation_erratic", {"split_clean": "leaks"}),
    "padding_masking": ("loss_flat", {"padding_bearable": "drowns"}),
    "wrong_output_activation": ("predicts_one_class", {"output_fits_task": "always_the_same"}),
    "wrong_loss": ("metric_stuck", {"loss_fits_task": "one_number_for_classes"}),
    "loss_logits_mismatch": ("loss_flat", {"output_is_probability": "raw_scores"}),
    "wrong_metric": ("metric_stuck", {"metric_measures_task": "accuracy_of_quantities"}),
    "shape_broadcast": ("predicts_one_class", {"shapes_agree": "broadcasts"}),
    "numeric_instability": ("loss_nan", {"numbers_stay_finite": "lost", "where_nan_is_born": "in_a_layer"}),
    "missing_nonlinearity": ("underfit", {"layers_bend": "nothing_bends"}),
    "architecture_data_mismatch": ("crashes", {"why_it_failed": "map_too_small"}),
    "wrong_hidden_activation": ("loss_slow", {"hidden_activations_help": "softmax_inside"}),
    "model_too_small": ("underfit", {"model_size": "bottleneck", "one_batch_learnt": "hardly"}),
    "model_too_large": (
        "overfit",
        {"model_size": "far_more_weights_than_rows", "gap_of_training_and_validation": "by_heart"},
    ),
    "bad_initializer": ("predicts_one_class", {"weights_start_well": "alike"}),
    "vanishing_gradient": ("loss_flat", {"gradients_reach_first_layer": "vanish"}),
    "exploding_gradient": ("loss_nan", {"where_nan_is_born": "after_growth", "gradients_bounded": "grow"}),
    "dying_relu": ("predicts_one_class", {"units_alive": "layer_dead"}),
    "saturated_activation": ("loss_slow", {"units_free": "stuck"}),
    "batchnorm_misuse": ("validation_erratic", {"batch_normalisation_used_well": "single_rows"}),
    "dropout_misplaced": ("underfit", {"regularisation_measured": "dropout_at_the_end"}),
    "frozen_layers": ("loss_flat", {"weights_trainable": "nothing_trained", "updates_sane": "none_moves"}),
    "disconnected_layers": ("loss_flat", {"gradients_reach_first_layer": "cut_off"}),
    "training_step_wrong": ("loss_flat", {"step_applies": "never", "updates_sane": "none_moves"}),
    "program_error": ("crashes", {"why_it_failed": "something_else"}),
    "lr_too_high": ("loss_diverges", {"rate_customary": "far_too_high", "another_rate_better": "much_lower"}),
    "lr_too_low": ("loss_slow", {"rate_customary": "far_too_low", "another_rate_better": "much_higher"}),
    "lr_schedule_bad": ("loss_plateau", {"schedule_sane": "ends_at_once"}),
    "wrong_optimizer": ("loss_slow", {"optimizer_sane": "odd"}),
    "batch_size_bad": ("loss_slow", {"batch_sane": "few_steps"}),
    "too_few_epochs": ("loss_slow", {"still_improving": "clearly", "another_rate_better": "no_rate_helps"}),
    "gradient_clipping_bad": ("loss_slow", {"clipping_leaves_gradient": "next_to_nothing"}),
    "over_regularised": ("underfit", {"regularisation_measured": "drops_nearly_all"}),
    "under_regularised": (
        "overfit",
        {"regularisation_measured": "nothing_at_all", "gap_of_training_and_validation": "by_heart"},
    ),
    "poor_local_minimum": ("loss_plateau", {"other_starts_better": "this_one_unlucky"}),
}
"""For every cause a symptom and answers after which it stands first and is likely."""

EXPLAINED: list[tuple[str, str, str, Answers]] = [
    ("loss_flat", "inputs_not_scaled", "dying_relu", {"inputs_scaled": "enormous", "units_alive": "layer_dead"}),
    ("loss_flat", "inputs_not_scaled", "saturated_activation", {"inputs_scaled": "enormous", "units_free": "stuck"}),
    ("loss_nan", "lr_too_high", "exploding_gradient",
     {"rate_customary": "far_too_high", "where_nan_is_born": "after_growth", "gradients_bounded": "grow"}),
    ("loss_flat", "bad_initializer", "vanishing_gradient",
     {"weights_start_well": "alike", "gradients_reach_first_layer": "vanish"}),
    ("loss_flat", "wrong_hidden_activation", "vanishing_gradient",
     {"hidden_activations_help": "softmax_inside", "gradients_reach_first_layer": "shrink"}),
    ("loss_nan", "inputs_nan", "numeric_instability",
     {"inputs_finite": "missing_values", "loss_starts_at_chance": "not_finite"}),
    ("loss_nan", "targets_nan", "numeric_instability",
     {"targets_finite": "missing_values", "loss_starts_at_chance": "not_finite"}),
    ("loss_flat", "loss_logits_mismatch", "wrong_output_activation", {"output_is_probability": "raw_scores"}),
    ("overfit", "too_little_data", "under_regularised",
     {"enough_rows": "handful", "regularisation_measured": "nothing_at_all",
      "gap_of_training_and_validation": "by_heart"}),
    ("overfit", "model_too_large", "under_regularised",
     {"model_size": "far_more_weights_than_rows", "regularisation_measured": "nothing_at_all"}),
    ("overfit", "low_variety", "insufficient_augmentation",
     {"classes_varied": "near_copies", "augmentation_harmless": "none_for_few"}),
    ("underfit", "labels_misaligned", "inputs_uninformative",
     {"inputs_predict_targets": "nothing_in_structured_inputs"}),
    ("metric_stuck", "class_imbalance", "wrong_metric",
     {"classes_balanced": "very_rare", "metric_measures_task": "hides_failure"}),
    ("loss_slow", "lr_schedule_bad", "lr_too_low",
     {"schedule_sane": "ends_at_once", "another_rate_better": "much_higher"}),
    ("underfit", "missing_nonlinearity", "model_too_small",
     {"layers_bend": "nothing_bends", "model_size": "bottleneck"}),
    ("loss_plateau", "lr_too_low", "poor_local_minimum",
     {"rate_customary": "far_too_low", "another_rate_better": "much_higher",
      "other_starts_better": "this_one_unlucky"}),
    ("underfit", "poor_image_quality", "label_noise",
     {"pictures_show_something": "washed_out", "labels_agree": "wrong_everywhere"}),
    ("loss_flat", "frozen_layers", "vanishing_gradient",
     {"weights_trainable": "untaught_frozen", "gradients_reach_first_layer": "vanish"}),
    ("crashes", "label_encoding_mismatch", "program_error",
     {"why_it_failed": "ids_out_of_range", "did_it_ever_work": "code_changed"}),
]  # fmt: skip
"""Symptom, cause, what it explains, and the answers that show both."""

TOGETHER: list[tuple[str, Answers, set[str]]] = [
    ("loss_flat",
     {"inputs_scaled": "enormous", "output_is_probability": "raw_scores", "rate_customary": "far_too_high",
      "another_rate_better": "much_lower"},
     {"inputs_not_scaled", "loss_logits_mismatch"}),
    ("underfit",
     {"layers_bend": "nothing_bends", "loss_fits_task": "error_for_classes", "output_fits_task": "always_the_same"},
     {"missing_nonlinearity", "wrong_loss", "wrong_output_activation"}),
    ("underfit",
     {"layers_bend": "nothing_bends", "rate_customary": "far_too_low", "another_rate_better": "much_higher"},
     {"missing_nonlinearity", "lr_too_low"}),
    ("validation_erratic",
     {"batch_normalisation_used_well": "single_rows", "validation_alike": "other_scale", "split_clean": "leaks"},
     {"batchnorm_misuse", "train_val_shift", "train_val_leak"}),
    ("loss_slow",
     {"clipping_leaves_gradient": "next_to_nothing", "targets_scaled": "enormous",
      "weights_trainable": "output_frozen"},
     {"gradient_clipping_bad", "targets_not_scaled", "frozen_layers"}),
]  # fmt: skip
"""Symptom, answers, and causes that must all be likely."""


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return load()


def recorded(kb: KnowledgeBase, answers: Answers) -> list[Answer]:
    """Answers as they are kept: of a probe where the question has one, else of a person."""
    found = []
    for question, answer in answers.items():
        probe = kb.questions[question].probe
        assert answer in kb.questions[question].answers, f"{question} has no answer {answer}"
        by = "probe" if probe else "person"
        found.append(Answer(question, answer, by, probe, 0.0, answer, None, (), "tree", ()))  # type: ignore[arg-type]
    return found


def ranked(kb: KnowledgeBase, symptom: str | None, answers: Answers) -> dict[str, Finding]:
    symptoms = (symptom,) if symptom else ()
    return {one.cause: one for one in rank(kb, recorded(kb, answers), symptoms)}


def first(findings: Mapping[str, Finding]) -> str:
    return min(findings.values(), key=lambda one: one.rank).cause


def confirmed(findings: Mapping[str, Finding]) -> set[str]:
    return {one.cause for one in findings.values() if one.status in CONFIRMED}


def test_the_table_names_every_cause(kb: KnowledgeBase) -> None:
    assert set(REACHED) == set(kb.causes)


@pytest.mark.parametrize("cause", REACHED)
def test_stands_first(kb: KnowledgeBase, cause: str) -> None:
    symptom, answers = REACHED[cause]
    findings = ranked(kb, symptom, answers)
    assert (first(findings), findings[cause].status) == (cause, "likely")


@pytest.mark.parametrize("cause", REACHED)
def test_nothing_is_likely_without_a_symptom(kb: KnowledgeBase, cause: str) -> None:
    answers = REACHED[cause][1]
    assert not confirmed(ranked(kb, None, answers))
    assert not confirmed(ranked(kb, "none", answers))


def test_what_decides_stands_first_under_every_symptom_it_is_typical_of(kb: KnowledgeBase) -> None:
    wrong = []
    for question, answer, cause, symptom in _deciding(kb):
        findings = ranked(kb, symptom, {question: answer})
        if first(findings) != cause or findings[cause].status != "likely":
            wrong.append((question, answer, cause, symptom, first(findings)))
    assert wrong == []


def _deciding(kb: KnowledgeBase) -> Iterable[tuple[str, str, str, str]]:
    for question in kb.questions.values():
        for id, answer in question.answers.items():
            for cause, band in answer.evidence.items():
                for symptom, fit in kb.causes[cause].symptoms.items():
                    if band == "decides" and fit == "typical" and question.probe:
                        yield question.id, id, cause, symptom


@pytest.mark.parametrize(("symptom", "cause", "mechanism", "answers"), EXPLAINED)
def test_a_mechanism_stands_below_what_explains_it(
    kb: KnowledgeBase, symptom: str, cause: str, mechanism: str, answers: Answers
) -> None:
    findings = ranked(kb, symptom, answers)
    assert first(findings) == cause
    assert findings[mechanism].because == cause
    assert findings[mechanism].status == "possible"
    assert findings[mechanism].rank > findings[cause].rank


@pytest.mark.parametrize(("symptom", "answers", "causes"), TOGETHER)
def test_several_causes_surface_together(kb: KnowledgeBase, symptom: str, answers: Answers, causes: set[str]) -> None:
    assert causes <= confirmed(ranked(kb, symptom, answers))


@pytest.mark.parametrize(
    ("symptom", "answers", "likely", "not_likely"),
    [
        pytest.param("loss_flat", {"output_is_probability": "raw_scores", "loss_fits_task": "fits"},
                     "loss_logits_mismatch", {"wrong_loss", "wrong_output_activation"}, id="scores or probabilities"),
        pytest.param("metric_stuck", {"output_is_probability": "agrees", "output_fits_task": "not_a_distribution"},
                     "wrong_output_activation", {"loss_logits_mismatch", "wrong_loss"}, id="output"),
        pytest.param("metric_stuck", {"output_is_probability": "agrees", "output_fits_task": "fits",
                                      "loss_fits_task": "error_for_classes"},
                     "wrong_loss", {"loss_logits_mismatch", "wrong_output_activation"}, id="loss"),
        pytest.param("metric_stuck", {"output_is_probability": "agrees", "output_fits_task": "fits",
                                      "loss_fits_task": "fits", "targets_readable": "fractions"},
                     "label_encoding_mismatch",
                     {"loss_logits_mismatch", "wrong_output_activation", "wrong_loss"}, id="targets"),
        pytest.param("loss_nan", {"inputs_finite": "missing_values", "where_nan_is_born": "in_the_data"},
                     "inputs_nan", {"numeric_instability"}, id="NaN in the data"),
        pytest.param("loss_nan", {"inputs_finite": "finite", "targets_finite": "finite",
                                  "where_nan_is_born": "in_the_loss"},
                     "numeric_instability", {"inputs_nan", "targets_nan", "exploding_gradient"}, id="NaN born"),
        pytest.param("loss_slow", {"rate_customary": "low", "another_rate_better": "much_higher",
                                   "still_improving": "clearly"},
                     "lr_too_low", {"too_few_epochs", "lr_schedule_bad"}, id="a higher rate reaches it"),
        pytest.param("loss_slow", {"rate_customary": "customary", "another_rate_better": "no_rate_helps",
                                   "still_improving": "clearly"},
                     "too_few_epochs", {"lr_too_low", "lr_schedule_bad"}, id="no rate reaches it"),
        pytest.param("loss_slow", {"callbacks_watch": "stops_in_wrong_direction", "another_rate_better": "much_higher",
                                   "stopped_too_soon": "ended_on_its_way", "still_improving": "clearly"},
                     "too_few_epochs", {"lr_too_low", "lr_schedule_bad"}, id="stopped in the wrong direction"),
        pytest.param("loss_slow", {"rate_customary": "customary", "schedule_sane": "ends_at_once",
                                   "another_rate_better": "much_higher"},
                     "lr_schedule_bad", {"lr_too_low", "too_few_epochs"}, id="the rate it began with was fine"),
        pytest.param("validation_erratic", {"order_shuffled": "classes_left_out", "validation_alike": "other_classes"},
                     "data_not_shuffled", {"train_val_shift"}, id="split of sorted rows"),
        pytest.param("underfit", {"inputs_predict_targets": "nothing_in_structured_inputs"},
                     "labels_misaligned", {"label_noise", "inputs_uninformative"}, id="structure without signal"),
        pytest.param("loss_plateau", {"inputs_predict_targets": "a_little", "labels_agree": "wrong_everywhere"},
                     "label_noise", {"labels_misaligned", "inputs_uninformative"}, id="part of the signal"),
        pytest.param("underfit", {"inputs_predict_targets": "nothing"},
                     "inputs_uninformative", {"labels_misaligned", "label_noise"}, id="no structure"),
        pytest.param("underfit", {"regularisation_measured": "drops_much"},
                     "over_regularised", {"dropout_misplaced"}, id="so much that it cannot learn"),
        pytest.param("underfit", {"regularisation_measured": "dropout_at_the_end"},
                     "dropout_misplaced", {"over_regularised"}, id="in the wrong place"),
        pytest.param("loss_flat", {"weights_start_well": "well", "inputs_scaled": "fine",
                                   "hidden_activations_help": "fine", "gradients_reach_first_layer": "vanish"},
                     "vanishing_gradient", {"bad_initializer", "inputs_not_scaled", "wrong_hidden_activation"},
                     id="the mechanism alone"),
    ],
)  # fmt: skip
def test_neighbours_are_told_apart(
    kb: KnowledgeBase, symptom: str, answers: Answers, likely: str, not_likely: set[str]
) -> None:
    findings = ranked(kb, symptom, answers)
    assert first(findings) == likely
    assert likely in confirmed(findings)
    assert not not_likely & confirmed(findings)


class Recollected(Dialogue):
    """A dialogue whose probes answer by heart."""

    def __init__(self, kb: KnowledgeBase, recalled: Answers) -> None:
        self.recalled = recalled
        super().__init__(kb, catalogue())

    def _judge(self, question: Question, finished: ProbeFinished) -> Chosen:
        answer = self.recalled.get(question.id)
        return Chosen(answer, "" if answer else "not recorded")


def walked(kb: KnowledgeBase, symptom: str, answers: Answers) -> Recollected:
    """A whole walk in which only these questions have an answer."""
    dialogue = Recollected(kb, answers)
    failed = Failure(stage="in_fit", type="ValueError", message="shapes") if symptom == "crashes" else None
    dialogue.record(CaseOpened(case=CaseDescription(source="train.py", failure=failed)))
    if failed is None:
        dialogue.record(SymptomNamed(symptom=symptom))
    for _ in range(300):
        step = dialogue.next_step()
        if isinstance(step, RunProbe):
            dialogue.record(ProbeFinished(probe=step.probe, measurement={}))
        elif isinstance(step, AskPerson):
            said = answers.get(step.question, "unknown")
            dialogue.record(PersonAnswered(question=step.question, answer=said))
        elif isinstance(step, Conclude):
            dialogue.record(CauseConcluded(cause=step.finding.cause, status=step.finding.status))
        else:
            return dialogue
    raise AssertionError("the walk does not end")


@pytest.mark.parametrize("cause", REACHED)
def test_a_walk_comes_to_it(kb: KnowledgeBase, cause: str) -> None:
    symptom, answers = REACHED[cause]
    dialogue = walked(kb, symptom, answers)
    missed = {question for question in answers if dialogue.answers[question].answer != answers[question]}
    assert missed == set()
    assert (dialogue.findings()[0].cause, dialogue.findings()[0].status) == (cause, "likely")
    assert dialogue.conclusion == "none_found"


def test_a_walk_without_answers_ends_with_no_cause_and_says_when_to_start_afresh(kb: KnowledgeBase) -> None:
    dialogue = walked(kb, "loss_plateau", {})
    assert not confirmed({one.cause: one for one in dialogue.findings()})
    assert dialogue.conclusion == "none_found"
    leaf = kb.conclusions["none_found"]
    assert "start afresh" in leaf.text.lower()
    assert any(source.document == "C" and "take a step back" in (source.quote or "") for source in leaf.sources)


def test_a_person_is_asked_little(kb: KnowledgeBase) -> None:
    by_person = [one for one in kb.questions.values() if one.probe is None]
    assert len(by_person) <= 6
    for symptom in kb.symptoms.values():
        if symptom.tree and symptom.id != "crashes":
            asked = [one for one in walked(kb, symptom.id, {}).answers.values() if one.by == "person"]
            assert len(asked) <= 4, symptom.id
