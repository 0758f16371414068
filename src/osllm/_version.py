"""The version of the tool; the catalog has its own (a date)."""

__version__ = "0.1.0"
