"""Where do mails go where nobody set a server?"""

from pathlib import Path

from django.conf import settings


def test_mails_without_a_server_lie_in_the_data_folder():
    """A path from the working folder would drop them into the checkout."""
    assert Path(settings.EMAIL_FILE_PATH) == Path(settings.DATA_DIR, "mail").resolve()
