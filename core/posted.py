"""Which texts did a stranger's browser or program post, whatever its encoding, size or shape?"""

from __future__ import annotations

from urllib.parse import parse_qsl

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from .exceptions import DomainError
from .parsing.charsets import codec_of

MOST_BYTES = 1_000_000
MOST_FIELDS = 200


class PostTooLarge(DomainError):
    status = 413
    message = _("This is too long to be sent. Please shorten it.")


def posted_texts(request: HttpRequest) -> QueryDict:
    """Read a posted form: the declared charset, else UTF-8, else GB18030, decided over all of its values.

    Django puts question marks for what is not UTF-8; here nothing is lost. Files are left out; a body that is no form
    gives an empty one. Raises PostTooLarge.
    """
    if _length(request) > MOST_BYTES:
        raise PostTooLarge
    pairs = _pairs(request)
    charset = dict(pairs).get("_charset_") or (request.content_params or {}).get("charset") or ""
    # Short values alone would be guessed wrongly; together they tell.
    codec, _is_declared = codec_of(b"\n".join(_bytes(text) for pair in pairs for text in pair), charset)
    form = QueryDict(mutable=True)
    for name, value in pairs:
        form.appendlist(_bytes(name).decode(codec, "replace"), _bytes(value).decode(codec, "replace"))
    return form


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """Names and values with each byte as the character of its number."""
    if request.content_type == "multipart/form-data":
        request.encoding = "latin-1"  # Django's parser takes any but UTF-8 here, and only here
        return [(name, value) for name, values in request.POST.lists() for value in values][:MOST_FIELDS]
    if request.content_type != "application/x-www-form-urlencoded":
        return []
    body = request.body.decode("latin-1")
    try:
        found = parse_qsl(body, keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_FIELDS)
    except ValueError:
        return []
    return found


def _bytes(text: str) -> bytes:
    return text.encode("latin-1", "ignore")
