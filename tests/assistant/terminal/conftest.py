"""Fixtures for the screens."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing of the machine shows: colours, signs, clock, preferences and sessions are the tests' own."""
    folder = tmp_path_factory.mktemp("home")
    for name in ("NO_COLOR", "KERAS_TRIAGE_ASCII", "TEXTUAL", "TEXTUAL_ANIMATIONS", "TEXTUAL_THEME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(folder))
