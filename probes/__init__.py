"""Probes: live examinations of a case. The worker needs the standard library, NumPy, TensorFlow and Keras alone."""
