"""From the dialogue to views: pure functions, no widget and no I/O but the reading of the user's own source lines."""
