"""Whatever is tried, the case is bit for bit what it was."""

from __future__ import annotations

import numpy as np
import pytest

from probes.case import Case
from probes.trials.handler import run_counter_trial, run_trial
from probes.trials.treating import treatments
from tests.probes.trials.fingerprints import fingerprint, watch
from tests.probes.trials.programs import classifier, rich

pytestmark = pytest.mark.keras

NOT_HERE = {
    "add_batch_normalization",
    "augment",
    "clip_gradients",
    "encode_labels",
    "flatten_features",
    "mask_padding",
    "scale_targets",
    "set_class_weight",
    "set_loss",
    "set_output_units",
    "use_float32",
}
"""Treatments that have nothing to treat in the program at hand."""


@pytest.fixture(scope="module")
def case() -> Case:
    made = rich()
    watch(made)
    return made


@pytest.mark.parametrize("treatment", sorted(treatments()))
def test_a_trial_leaves_everything_as_it_was(case: Case, treatment: str) -> None:
    before = fingerprint(case)
    answer = run_trial(case, {"treatments": [treatment], "pairs": 1, "seconds": 4, "symptom": "loss_flat"})
    after = fingerprint(case)
    assert {name for name in before if before[name] != after.get(name)} == set()
    assert set(after) == set(before)
    assert answer["applicable"] == (treatment not in NOT_HERE), answer["reason"]


def test_a_set_and_a_counter_trial_leave_everything_as_it_was(case: Case) -> None:
    before = fingerprint(case)
    run_trial(
        case,
        {
            "treatments": ["drop_bad_rows", "scale_inputs", "unfreeze", "set_from_logits", "more_units"],
            "given": ["remove_batch_normalization", "set_optimizer"],
            "seconds": 6,
            "symptom": "loss_nan",
        },
    )
    run_counter_trial(case, {"cause": "labels_misaligned", "symptom": "loss_flat", "seconds": 5})
    assert fingerprint(case) == before


def test_training_goes_on_as_if_nothing_had_happened() -> None:
    def trained(*, trial: bool) -> list[bytes]:
        case = classifier()
        if trial:
            run_trial(case, {"treatments": ["set_optimizer"], "seconds": 5, "symptom": "loss_flat"})
            run_trial(case, {"treatments": ["set_hidden_activation"], "seconds": 5, "symptom": "loss_flat"})
        case.model.fit(case.train.x, case.train.y, epochs=2, batch_size=16, verbose=0)
        return [one.numpy().tobytes() for one in case.model.variables]

    assert trained(trial=True) == trained(trial=False)


def test_a_trial_that_fails_midway_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    case = classifier("sigmoid")
    watch(case)
    before = fingerprint(case)
    from probes.trials import training

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "_numbers", broken)
    with pytest.raises(KeyboardInterrupt):
        run_trial(case, {"treatments": ["set_hidden_activation"], "seconds": 5, "symptom": "loss_flat"})
    assert fingerprint(case) == before
    assert np.isfinite(case.model.get_weights()[0]).all()
