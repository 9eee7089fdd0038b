"""What the marketplace tells a Prometheus server about itself, at `/metrics`.

Web processes of one server count into files of a folder that they share, so that whichever of them
is asked answers for all. What is the marketplace's own is read from the database when it is asked.
"""
