"""How does a checkout become a running, tested, checked Gonghai? Standard library only.

Nothing here is used by the product itself; `run.py` is the only way in, and the one module that
needs installed packages is the pytest plugin (`pytest_services`).
"""
