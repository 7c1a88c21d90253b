"""Is this password right? One look-up and exactly one hash, whoever asks for whom."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from .models import User


class NameOrEmailBackend(BaseBackend):
    """Sign-in by user name or e-mail. Rights are no business of it: they follow from the role."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        email: str | None = None,
        password: str | None = None,
        **others: Any,
    ) -> User | None:
        """Return the active person of these credentials, else None.

        Unknown, deactivated and wrong cost the same single hash, so that time tells nothing.
        """
        if not (username or email) or password is None:
            return None
        person = User.objects.signing_in_as(email or username or "").first()
        if person is None:
            User().set_password(password)
            return None
        return person if person.check_password(password) and person.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The person of a session; a deactivated one has none, from the next request on."""
        return User.objects.active().select_related("team").filter(pk=user_id).first()
