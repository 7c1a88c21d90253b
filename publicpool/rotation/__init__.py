"""The arithmetic of a weighted rotation: turns, weights, hours, the chain of its ledger. No Django, no database."""
