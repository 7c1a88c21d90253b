"""How fast is Gonghai beside the least that Django and PostgreSQL need for the same? `python3 run.py bench`."""
