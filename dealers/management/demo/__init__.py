"""The demo: invented dealers with invented stock, and nine real adverts."""
