"""Stock feeds for dealers' own systems: files sent, what became of them, decisions."""
