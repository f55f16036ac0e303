"""The knowledge base: symptoms, causes, questions, trees, and the evidence that joins them."""
