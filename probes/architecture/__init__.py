"""Probes of architecture: how the model is built. One file a probe."""
