"""The public page by which strangers ask: open to everybody who knows its address, also within a frame elsewhere."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.http import urlencode
from django.utils.translation import get_language_from_request
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.throttle import address_of
from core.exceptions import DomainError
from core.posted import PostTooLarge, posted_texts

from ..forms.inquiries import PublicForm
from ..inquiries import LONGEST_UTM, PAGES, UTM, suspicion
from ..models import InquiryForm
from ..services import receive_inquiry

SALT = "opportunities.inquiry"
# So long may a page lie open before it is sent.
PAGE_AGE_S = 24 * 3600


# No cookie travels into a frame of another site: the signed token of the page stands for it (decisions/0019).
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def inquiry(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form in the visitor's language, or take in what was typed."""
    forms = InquiryForm._default_manager.filter(is_active=True)  # unscoped: a page for everybody
    row = get_object_or_404(
        forms.select_related("source", "campaign", "campaign__source", "team", "assignee"), token=token
    )
    asked = {name: str(value) for name, value in request.GET.items()}
    posted: QueryDict = QueryDict()
    refusal: PostTooLarge | None = None
    if request.method == "POST":
        try:
            posted = posted_texts(request)
        except PostTooLarge as error:
            refusal = error
    language = _language(request, str(posted.get("lang") or asked.get("lang", "")))
    with translation.override(language):
        page = _Page(request, row, asked, posted, language)
        if request.method == "POST":
            response = page.take() if refusal is None else page.show(page.form(), refusal.status, refusal)
        elif "sent" in asked:
            response = page.thank()
        else:
            response = page.show(page.form())
    return _framed(response, row, language)


class _Page:
    """One request for one form, in one language."""

    def __init__(
        self, request: HttpRequest, row: InquiryForm, asked: dict[str, str], posted: QueryDict, language: str
    ) -> None:
        self.request, self.row, self.asked, self.posted, self.language = request, row, asked, posted, language
        self.is_embedded = bool(posted.get("embed") or asked.get("embed"))
        self.is_chinese = language.startswith("zh")

    def words(self, name: str) -> str:
        """The admin's words in the visitor's language, else in the other one."""
        english, chinese = getattr(self.row, f"{name}_en"), getattr(self.row, f"{name}_zh")
        return (chinese or english) if self.is_chinese else (english or chinese)

    def form(self, data: QueryDict | None = None) -> PublicForm:
        carried = {name: self.asked.get(name, "")[:LONGEST_UTM] for name in (*UTM, *PAGES)}
        carried["referrer"] = carried["referrer"] or self.request.META.get("HTTP_REFERER", "")[:LONGEST_UTM]
        return PublicForm(data, asked=self.row.fields, consent=self.words("consent"), initial=carried)

    def take(self) -> HttpResponse:
        """Take an inquiry in; a suspect's sender sees what everybody sees."""
        form = self.form(self.posted)
        told = self.read_token()
        if not form.is_valid():
            return self.show(form, 422)
        if told is None or told["consent"] != self.consent_digest():
            return self.show(form, 422, is_stale=True)
        now = timezone.now()
        said = form.posted() | {"language": self.language}
        if consent := self.words("consent"):
            said["consent"] = consent
        why = suspicion(
            honeypot=form.cleaned_data["contact_me_by_fax"],
            opened_at=datetime.fromtimestamp(told["at"], UTC),
            now=now,
            message=said.get("message", ""),
        )
        sender = salted_hmac(SALT, address_of(self.request), algorithm="sha256").hexdigest()
        try:
            receive_inquiry(form=self.row, posted=said, nonce=told["nonce"], sender=sender, why=why, now=now)
        except DomainError as refusal:
            return self.show(form, refusal.status, refusal)
        return HttpResponseRedirect(f"{self.request.path}?sent=1&{self.kept()}")

    def show(
        self, form: PublicForm, status: int = 200, refusal: DomainError | None = None, is_stale: bool = False
    ) -> HttpResponse:
        # What was refused may be sent again as it is: the same page, so that it stays one inquiry.
        keeps = status != 200 and not is_stale and self.read_token() is not None
        context: dict[str, Any] = {"form": form, "refusal": refusal, "is_stale": is_stale}
        context["page_token"] = self.posted["page_token"] if keeps else self.make_token()
        return self.render(context, status)

    def thank(self) -> HttpResponse:
        return self.render({"is_sent": True, "again": self.again()}, 200)

    def again(self) -> str:
        return f"?{self.kept()}"

    def kept(self) -> str:
        """What an address carries on from page to page."""
        return urlencode({"lang": self.language} | ({"embed": "1"} if self.is_embedded else {}))

    def render(self, context: dict[str, Any], status: int) -> HttpResponse:
        page = {
            "row": self.row,
            "heading": self.words("title"),
            "intro": self.words("intro"),
            "thanks": self.words("thanks"),
            "consent": self.words("consent"),
            "lang": self.language,
            "is_embedded": self.is_embedded,
            "other": "en" if self.is_chinese else "zh-hans",
        }
        return render(self.request, "opportunities/inquiry.html", page | context, status=status)

    # --- the page's token ---------------------------------------------------------------------------

    def make_token(self) -> str:
        told = {
            "form": self.row.pk,
            "nonce": get_random_string(16),
            "at": int(timezone.now().timestamp()),
            "consent": self.consent_digest(),
        }
        return signing.dumps(told, salt=SALT)

    def read_token(self) -> dict[str, Any] | None:
        """What the page proves that was sent: when it was opened, with which words of consent."""
        try:
            told = signing.loads(self.posted.get("page_token", ""), salt=SALT, max_age=PAGE_AGE_S)
        except (signing.BadSignature, ValueError):
            return None
        return told if told["form"] == self.row.pk else None

    def consent_digest(self) -> str:
        return hashlib.sha256(self.words("consent").encode()).hexdigest()[:12]


def _language(request: HttpRequest, wanted: str) -> str:
    """The language asked for in the address, else the browser's; the reader's own where a colleague looks."""
    if wanted[:2].lower() in ("zh", "en"):
        return "zh-hans" if wanted[:2].lower() == "zh" else "en"
    found = get_language_from_request(request)
    return found if found in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _framed(response: HttpResponse, row: InquiryForm, language: str) -> HttpResponse:
    """Let the sites named by the form, and no others, show it in a frame."""
    if row.origins:
        response._csp_replace = {"frame-ancestors": row.origins}  # type: ignore[attr-defined]
        response.xframe_options_exempt = True  # it knows no list of sites
    response["Cache-Control"] = "no-store"
    response["Content-Language"] = language
    return response
