"""What do the tests of the ground floor need? A broker that is gone, a folder for files."""

import pytest

from crm.celery import app


@pytest.fixture
def own_media(settings, tmp_path):
    """Files of this test lie in a folder of their own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def dead_broker(monkeypatch):
    """The broker's address leads nowhere; whoever only wants to wake a worker must not notice.

    Celery keeps its connections for the whole process: those of the living broker are laid aside, never closed, for a
    closed pool stays closed and every later wake-up of this process would be lost.
    """
    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
