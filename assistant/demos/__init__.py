"""Bundled training scripts, each broken in one way; made data, no downloads."""
