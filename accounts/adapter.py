"""What do allauth's sign-in, password and second-factor pages do our way?"""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from . import throttle
from .fresh import signed_in_freshly
from .mails import write_mail
from .models import User
from .permissions import needs_second_factor
from .services import set_password

NOT_RIGHT = _("The user name, e-mail address or password is not right.")


class AccountAdapter(DefaultAccountAdapter):
    """Closed sign-up, throttled sign-in, mail through the outbox, redirects to own paths only."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": NOT_RIGHT,
        "username_password_mismatch": NOT_RIGHT,
        "too_many_login_attempts": _(
            "Too many wrong attempts from here. Try again in five minutes, or have a link to set a new password mailed"
            " to you."
        ),
        "incorrect_password": _("The password is not right."),
        "enter_current_password": _("The present password is not right."),
        "incorrect_code": _("The code is not right, or no longer. Codes change every 30 seconds."),
        "rate_limited": _("Too many attempts. Try again in five minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    # --- signing in ----------------------------------------------------------------------------

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse before the password is hashed; see accounts.throttle."""
        login = credentials.get("email") or credentials.get("username") or ""
        # The name under which allauth rolls the count back after a right password.
        self._login_failed_rl_usage = throttle.consume(request, login)
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def post_login(self, request: HttpRequest, user: Any, **hooks: Any) -> HttpResponse:
        response = super().post_login(request, user, **hooks)
        throttle.remember_device(request, response, user)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        # Deactivated between password and second factor: no page of its own, nothing to learn.
        return HttpResponseRedirect(reverse("account_login"))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return not signed_in_freshly(current.request)

    # --- passwords and mail --------------------------------------------------------------------

    def set_password(self, user: Any, password: str) -> None:
        set_password(person=user, password=password)
        throttle.forget_failures(current.request, user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        # All sessions ended, this one too: the new password opens the next.
        return reverse("account_login")

    def get_reset_password_from_key_url(self, key: str) -> str:
        # Never from the request's host, which the asker chooses.
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_URL + path.replace("UID-KEY", key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Into the outbox, in the account's language or else the one that the page is read in."""
        user = context.get("user")
        language = (user.language if isinstance(user, User) else "") or get_language() or ""
        write_mail(f"{template_prefix}.txt", to=email, language=language, context=context)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets at rest are encrypted; who must have a second factor cannot switch it off."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Your role needs a second factor: it cannot be switched off."),
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """The picture to scan, on white of its own: cameras do not read it light on dark."""
        picture = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(picture)
        return picture.getvalue().decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not needs_second_factor(authenticator.user)


def _fernet() -> MultiFernet:
    """Keys from SECRET_KEY and, while it is being changed, SECRET_KEY_FALLBACKS."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(f"second factor|{secret}".encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
