"""Benchmarks of what accounts keep: the rotation of keys."""
