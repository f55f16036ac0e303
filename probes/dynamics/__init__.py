"""Probes of dynamics: what happens when the model trains. One file a probe."""
