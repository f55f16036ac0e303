"""Tuning: a bounded search for better settings on the case itself."""
