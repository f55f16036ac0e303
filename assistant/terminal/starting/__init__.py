"""The pages of the start screen: programs, kept sessions, demos."""
