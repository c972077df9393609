"""
The laws of `docs/explanation/scoring.md`, each one a Hypothesis test.
"""
