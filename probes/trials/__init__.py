"""Treatments and controlled trials of a case."""
