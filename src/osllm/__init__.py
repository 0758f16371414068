"""Which open-weight LLM to run, for this use, on this hardware, under this licence."""
