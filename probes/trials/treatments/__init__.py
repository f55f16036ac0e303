"""The treatments, a family a file; every module here registers its own."""
