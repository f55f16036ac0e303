"""The counter-trials, one way of proving a file; every module here registers its own."""
