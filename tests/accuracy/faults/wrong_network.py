"""The kind of network does not fit the kind of data; each base says what that means for it."""

from __future__ import annotations

from .operator import fault, from_sidecar

fault(
    "network_does_not_fit",
    "architecture_data_mismatch",
    acceptable=("missing_nonlinearity", "model_too_small", "inputs_not_scaled"),
)(from_sidecar("network_does_not_fit"))
