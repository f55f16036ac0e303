"""The accuracy bench: programs with known faults, and how well `keras-triage check` names them."""
