"""Request → answer, a file for each page."""
