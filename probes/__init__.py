"""Probes: live examinations of a case. What runs in the worker needs the standard library, NumPy, TensorFlow and Keras."""
