"""What the lint proves of a knowledge base, one idea a module; each proof yields the problems that it finds."""
