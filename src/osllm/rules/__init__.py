"""Vetoes and preferences. Facts and numbers are data; only the logic is here.

A rule is a small pure function with a stable code. Model rules look at one row of the catalog index and veto or pass;
plan rules look at a finished plan and add reasons. The order of plan rules never changes an answer; model rules are
tried in a fixed order, so that `rejected` counts each model once, by its first veto.
"""
