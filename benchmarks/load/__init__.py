"""The documented deployment under load: its web processes, the proxy, and a client."""
