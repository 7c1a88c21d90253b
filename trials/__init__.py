"""Do the promises hold when very many act at once, and when what runs in the background dies? Too long for a test."""
