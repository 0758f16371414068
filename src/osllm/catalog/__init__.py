"""The library: the compiled catalog and the names in it."""
