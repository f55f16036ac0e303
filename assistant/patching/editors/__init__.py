"""Editors: one function a treatment, one file a family."""
