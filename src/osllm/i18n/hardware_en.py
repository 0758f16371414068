"""Accelerators and this machine, in English."""

MESSAGES = {
    "ambiguous": "{name!r} is the name of several accelerators",
    "no-such-variant": "{name!r} is sold in other variants",
    "bad-count": "{name!r}: a machine has 1 to 1024 accelerators",
    "bad-mix": "'cpu' and 'auto' stand alone: they cannot be combined with accelerators",
    "assumed": "{name!r} taken as {key} ({full})",
    "found": "found: {found}",
    "not-in-catalog": "{name} is not in the catalog: its bandwidth is not known, so no speed can be given",
    "none-found": "no accelerator found, answering for the CPU ({why})",
    "ram": "RAM: {size} GiB",
    "no-ram": "the size of the RAM is not known; give it with --ram",
}
