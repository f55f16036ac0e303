"""The report: what a session found, for programs and for people."""
