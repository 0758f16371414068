"""Machines: from what people type or what this computer says to accelerators of the catalog with usable memory."""
