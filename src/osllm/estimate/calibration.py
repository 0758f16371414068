"""Placeholder until the first fit."""

from typing import Final

DECODE: Final[dict[str, tuple[float, float, float, float, float, float, tuple[float, float]]]] = {
    "llama/nvidia-gddr": (0.0, 40e-6, 40e-6, 0.9, 0.0, 0.0, (0.8, 1.2)),
    "llama/cpu": (0.0, 0.0, 0.0, 0.7, 0.0, 0.0, (0.6, 1.3)),
    "server/nvidia-gddr": (0.0, 40e-6, 40e-6, 0.85, 0.0, 0.0, (0.8, 1.2)),
}
PREFILL: Final[dict[str, float]] = {"llama/nvidia-gddr": 0.4, "llama/cpu": 0.3, "server/nvidia-gddr": 0.4}
