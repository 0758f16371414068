"""What a model's licences permit: facts about a use go in, a verdict with clauses and duties comes out.

Nothing here is legal advice; the licence texts govern.
"""
