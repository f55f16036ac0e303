"""Probes of data: what the recorded data are like. One file a probe."""
