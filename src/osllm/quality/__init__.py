"""Published measurements, stitched into skills."""
