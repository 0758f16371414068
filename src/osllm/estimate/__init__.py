"""Pure arithmetic: tensors, file sizes, caches, memory and speed. Reads domain values, imports nothing heavy."""
