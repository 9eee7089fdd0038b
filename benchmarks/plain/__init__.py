"""The ordinary way to build this search, to measure against: DRF, django-filter, page numbers."""
