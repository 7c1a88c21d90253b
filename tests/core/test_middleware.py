"""What does a browser get whose session ended while a page stood open?"""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_part_asked_for_after_signing_out_leads_the_whole_page_to_the_door():
    answer = Client().get("/jobs/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"].startswith("/accounts/login/")
    assert "Location" not in answer.headers
