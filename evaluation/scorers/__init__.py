"""What is right, kind by kind: each module reads a set's cases by one door and counts."""
