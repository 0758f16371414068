"""Units are settled here once: GB is 10^9 bytes, GiB is 2^30, k in a context length is 1024."""

from __future__ import annotations

from typing import Final

KIB: Final = 1024
MIB: Final = 1024**2
GIB: Final = 1024**3
GB: Final = 10**9
