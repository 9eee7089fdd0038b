"""How well texts are read, on labelled sets and on a market of its own: `make evaluate`."""
