"""The least that a page of the same content needs: Django's stock middlewares, one raw statement, a bare template."""
