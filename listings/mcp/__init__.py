"""Tools for chat clients, by the Model Context Protocol: a few questions that the API answers."""
