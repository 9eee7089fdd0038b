"""Where a dealer's systems are told of what happens, for those systems to set up."""
