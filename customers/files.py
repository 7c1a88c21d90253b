"""Which files may hang on a customer: by name, by content, by size; and how does a picture look in small?"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import PurePosixPath
from typing import IO, Any

from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError
from core.text import clean

MOST_BYTES = 35_000_000
MOST_FILES = 50
MOST_PIXELS = 60_000_000
THUMBNAIL = (480, 480)
KINDS = {
    "quotation": _("Quotation"),
    "contract": _("Contract"),
    "certificate": _("Certificate"),
    "drawing": _("Drawing"),
    "photo": _("Photo"),
    "mail": _("Mail"),
    "other": _("Other"),
}

_START = {
    "pdf": (b"%PDF",),
    "zip": (b"PK\x03\x04", b"PK\x05\x06"),
    "ole": (b"\xd0\xcf\x11\xe0",),
    "jpg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n",),
    "gif": (b"GIF8",),
    "riff": (b"RIFF",),
    "bmp": (b"BM",),
    "tif": (b"II*\0", b"MM\0*"),
    "rar": (b"Rar!",),
    "7z": (b"7z\xbc\xaf",),
    "gz": (b"\x1f\x8b",),
    "mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "aac": (b"\xff\xf1", b"\xff\xf9"),
    "ogg": (b"OggS",),
    "amr": (b"#!AMR",),
    "webm": (b"\x1aE\xdf\xa3",),
    "dwg": (b"AC10",),
    "psd": (b"8BPS",),
    "ps": (b"%!PS", b"%PDF"),
    "tnef": (b"\x78\x9f\x3e\x22",),
    "rtf": (b"{\\rtf",),
    "text": (),  # no zero bytes
    "ftyp": (),  # a box of that name at the fifth byte
}
# Extension → how its content begins, and the type it is handed out as.
_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES: dict[str, tuple[str, str]] = {
    "pdf": ("pdf", "application/pdf"),
    "docx": ("zip", f"{_OFFICE}.wordprocessingml.document"),
    "xlsx": ("zip", f"{_OFFICE}.spreadsheetml.sheet"),
    "pptx": ("zip", f"{_OFFICE}.presentationml.presentation"),
    "odt": ("zip", "application/vnd.oasis.opendocument.text"),
    "ods": ("zip", "application/vnd.oasis.opendocument.spreadsheet"),
    "odp": ("zip", "application/vnd.oasis.opendocument.presentation"),
    "zip": ("zip", "application/zip"),
    "doc": ("ole", "application/msword"),
    "xls": ("ole", "application/vnd.ms-excel"),
    "ppt": ("ole", "application/vnd.ms-powerpoint"),
    "msg": ("ole", "application/vnd.ms-outlook"),
    "wps": ("ole", "application/octet-stream"),
    "rtf": ("rtf", "application/rtf"),
    "jpg": ("jpg", "image/jpeg"),
    "jpeg": ("jpg", "image/jpeg"),
    "png": ("png", "image/png"),
    "gif": ("gif", "image/gif"),
    "webp": ("riff", "image/webp"),
    "bmp": ("bmp", "image/bmp"),
    "tif": ("tif", "image/tiff"),
    "tiff": ("tif", "image/tiff"),
    "heic": ("ftyp", "image/heic"),
    "heif": ("ftyp", "image/heif"),
    "txt": ("text", "text/plain"),
    "csv": ("text", "text/csv"),
    "md": ("text", "text/plain"),
    "eml": ("text", "message/rfc822"),
    "ics": ("text", "text/calendar"),
    "vcf": ("text", "text/vcard"),
    "json": ("text", "application/json"),
    "xml": ("text", "application/xml"),
    "rar": ("rar", "application/vnd.rar"),
    "7z": ("7z", "application/x-7z-compressed"),
    "gz": ("gz", "application/gzip"),
    "mp3": ("mp3", "audio/mpeg"),
    "aac": ("aac", "audio/aac"),
    "wav": ("riff", "audio/wav"),
    "ogg": ("ogg", "audio/ogg"),
    "opus": ("ogg", "audio/ogg"),
    "amr": ("amr", "audio/amr"),
    "m4a": ("ftyp", "audio/mp4"),
    "mp4": ("ftyp", "video/mp4"),
    "mov": ("ftyp", "video/quicktime"),
    "3gp": ("ftyp", "video/3gpp"),
    "webm": ("webm", "video/webm"),
    "avi": ("riff", "video/x-msvideo"),
    "dwg": ("dwg", "image/vnd.dwg"),
    "dxf": ("text", "image/vnd.dxf"),
    "step": ("text", "model/step"),
    "stp": ("text", "model/step"),
    "igs": ("text", "model/iges"),
    "psd": ("psd", "image/vnd.adobe.photoshop"),
    "ai": ("ps", "application/postscript"),
    "eps": ("ps", "application/postscript"),
    "dat": ("tnef", "application/ms-tnef"),
}
ACCEPTED = ",".join(f".{extension}" for extension in _TYPES)
_PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP", "image/bmp": "BMP"}


class FileRefused(DomainError):
    """A file that may not be kept, with the reason for whoever brought it."""

    status = 422


@dataclass
class FileData:
    """A file to hang on a customer; ``file`` is open for reading."""

    name: str
    file: File[Any]
    kind: str = ""
    expires_on: date | None = None

    @classmethod
    def of(cls, name: str, content: bytes, **said: Any) -> FileData:
        return cls(name, File(io.BytesIO(content), name), **said)


@dataclass(frozen=True)
class Checked:
    """A file that may be kept."""

    name: str
    content_type: str


@dataclass(frozen=True)
class Picture:
    """The size of a picture in pixels, upright, and itself in small (JPEG)."""

    width: int
    height: int
    small: bytes


def cleaned_name(name: str) -> str:
    """Return a file's name without folders and without characters that hide or break, at most 150 long."""
    last = PurePosixPath(clean(name).replace("\\", "/")).name
    stem, dot, extension = re.sub(r'[<>:"|?*\0]', "_", last).strip(". ").rpartition(".")
    return f"{stem[:140].strip()}{dot}{extension[:10]}".strip(". ") if stem else extension[:150]


def check(name: str, size: int, start: bytes) -> Checked:
    """Say under which name and type a file is kept, by its extension and its first bytes. Raises FileRefused."""
    shown = cleaned_name(name)
    extension = shown.rpartition(".")[2].lower()
    if size == 0:
        raise FileRefused(_("It is empty."))
    if size > MOST_BYTES:
        raise FileRefused(_("It is larger than %(most)s MB.") % {"most": MOST_BYTES // 1_000_000})
    if extension not in _TYPES or "." not in shown:
        raise FileRefused(_("Files of this kind are not kept here. Put it into a ZIP archive if it must be."))
    family, content_type = _TYPES[extension]
    if not _is_of(family, start):
        raise FileRefused(_("Its content is not what “.%(extension)s” says.") % {"extension": extension})
    return Checked(shown, content_type)


def _is_of(family: str, start: bytes) -> bool:
    if family == "text":
        return b"\0" not in start or start[:2] in (b"\xff\xfe", b"\xfe\xff")
    if family == "ftyp":
        return start[4:8] == b"ftyp"
    if family == "pdf":  # some scanners write a line before it
        return b"%PDF" in start[:1024]
    return start.startswith(_START[family])


def picture_of(content_type: str, file: IO[bytes] | File[Any]) -> Picture | None:
    """Draw a picture in small, turned as its camera was held; None for what is none or cannot be drawn.

    Raises FileRefused where it would unpack to more than MOST_PIXELS. The library is loaded with the first picture:
    eight megabytes that a web process has no use for until then.
    """
    if content_type not in _PICTURES:
        return None
    pillow = import_module("PIL.Image")
    try:
        with pillow.open(file, formats=[_PICTURES[content_type]]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _too_many_pixels()
            image.draft("RGB", THUMBNAIL)
            full = image.width, image.height
            upright = import_module("PIL.ImageOps").exif_transpose(image)
            is_turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
            upright.thumbnail(THUMBNAIL)
            small = pillow.new("RGB", upright.size, "white")
            rgba = upright.convert("RGBA")
            small.paste(rgba, mask=rgba.getchannel("A"))
    except (pillow.DecompressionBombError, pillow.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except (OSError, ValueError, SyntaxError, EOFError, ZeroDivisionError, TypeError, IndexError, KeyError):
        return None  # broken pictures are kept as files
    out = io.BytesIO()
    small.save(out, "JPEG", quality=82)
    width, height = reversed(full) if is_turned else full
    return Picture(width, height, out.getvalue())


def _too_many_pixels() -> FileRefused:
    return FileRefused(_("This picture has more than %(most)s million pixels.") % {"most": MOST_PIXELS // 1_000_000})


def checked_file(data: FileData) -> Checked:
    """Say under which name and type this file is kept. Raises FileRefused."""
    data.file.seek(0)
    start = data.file.read(4096)
    return check(data.name, data.file.size, start)


def sorted_out(files: Iterable[FileData]) -> tuple[list[FileData], list[tuple[str, FileRefused]]]:
    """Part files into those that may be kept and those that may not, each with the reason."""
    good: list[FileData] = []
    refused: list[tuple[str, FileRefused]] = []
    for data in files:
        try:
            checked = checked_file(data)
            data.file.seek(0)
            picture_of(checked.content_type, data.file)
            good.append(data)
        except FileRefused as refusal:
            refused.append((data.name, refusal))
    return good, refused
