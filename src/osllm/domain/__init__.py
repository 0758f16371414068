"""Values only: what the rooms of the house hand to each other. Imports the standard library and nothing else.

Types are NamedTuples: defining and making one costs a tenth of a dataclass, and start-up is part of the contract.
"""
