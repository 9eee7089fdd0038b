"""The block "Used cars for sale", which any page can embed."""
