"""The registry of treatments."""

from __future__ import annotations

import pytest

from probes.trials.treating import STAGES, UnknownTreatment, treatment, treatments, treatments_of

KNOWN = [
    "set_learning_rate",
    "drop_schedule",
    "warm_restart",
    "set_optimizer",
    "reset_optimizer_settings",
    "clip_gradients",
    "unclip_gradients",
    "scale_inputs",
    "scale_targets",
    "set_loss",
    "set_from_logits",
    "set_output_activation",
    "set_output_units",
    "encode_labels",
    "set_hidden_activation",
    "replace_hidden_softmax",
    "set_initializer",
    "add_batch_normalization",
    "remove_batch_normalization",
    "set_batch_normalization_momentum",
    "less_dropout",
    "move_dropout",
    "less_regularization",
    "more_regularization",
    "unfreeze",
    "more_units",
    "fewer_units",
    "add_hidden_layer",
    "remove_layers",
    "set_batch_size",
    "split_full_batch",
    "shuffle_data",
    "move_together",
    "move_axes",
    "track_variables",
    "softmax_over_steps",
    "use_left_out_rows",
    "divide_as_fractions",
    "set_class_weight",
    "drop_class_weight",
    "more_epochs",
    "more_patience",
    "augment",
    "less_augmentation",
    "align_validation",
    "match_target_shape",
    "use_keras_step",
    "widen_embedding",
    "drop_stop_gradient",
    "mask_padding",
    "drop_bad_rows",
    "use_float32",
    "flatten_features",
    "new_start",
]


def test_ids_are_stable() -> None:
    assert set(treatments()) >= set(KNOWN)


def test_every_treatment_says_what_it_does() -> None:
    for one in treatments().values():
        assert one.title
        assert one.stage in STAGES
        assert one.apply.__doc__
        assert all(other in treatments() for other in one.yields_to)


def test_broad_treatments() -> None:
    broad = {name for name, one in treatments().items() if one.broad}
    assert broad == {"set_optimizer", "add_batch_normalization", "warm_restart", "new_start"}


def test_a_set_is_applied_in_order_of_stages() -> None:
    ordered = treatments_of(["set_learning_rate", "set_optimizer", "more_units", "scale_inputs"])
    assert [one.id for one in ordered] == ["scale_inputs", "more_units", "set_optimizer", "set_learning_rate"]


def test_unknown_ids_are_refused() -> None:
    with pytest.raises(UnknownTreatment, match="hope"):
        treatments_of(["hope"])


def test_ids_are_unique_and_stages_known() -> None:
    with pytest.raises(ValueError, match="two treatments"):
        treatment("unfreeze", title="Again", stage="layers")(lambda arm, parameters: parameters)
    with pytest.raises(ValueError, match="stage"):
        treatment("other", title="Other", stage="never")
