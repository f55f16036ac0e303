"""Bundles: the evidence of a case in a file, collected where the program is and read where it is not."""
