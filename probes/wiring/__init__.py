"""Probes of wiring: whether data, outputs, loss, metrics and settings fit each other. One file a probe."""
