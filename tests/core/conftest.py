"""What do the tests of the ground floor need? A broker that is gone, a folder for files."""

import pytest

from crm.celery import app


@pytest.fixture
def own_media(settings, tmp_path):
    """Files of this test lie in a folder of their own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def dead_broker():
    """The broker's address leads nowhere; whoever only wants to wake a worker must not notice."""
    before = app.conf.broker_url
    app.conf.broker_url = "redis://127.0.0.1:1/0"
    app.pool.force_close_all()
    yield
    app.conf.broker_url = before
