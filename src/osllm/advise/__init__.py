"""Candidates, their evaluation, the ranking and its explanation."""
