"""Which languages do customers and contacts speak, by the names that their speakers know?"""

from django.utils.translation import get_language_info

# Those of our own trade first, then by region; any other code is shown as it is.
SPOKEN = [
    "en", "zh-hans", "es", "fr", "de", "pt", "ru", "ar", "it", "ja", "ko", "tr", "pl", "nl", "vi", "th", "id", "ms",
    "zh-hant", "hi", "bn", "ur", "ta", "ne", "fa", "he", "uk", "ro", "cs", "sk", "hu", "el", "bg", "hr", "sr", "sl",
    "mk", "sq", "sv", "da", "nb", "fi", "is", "et", "lv", "lt", "ka", "hy", "az", "kk", "uz", "mn", "sw", "my", "km",
]  # fmt: skip


def language_name(code: str) -> str:
    """``de`` → Deutsch; a code that is not known stays as it is, none gives ''.

    >>> language_name("es"), language_name("zh-hans"), language_name("tlh"), language_name("")
    ('Español', '简体中文', 'tlh', '')
    """
    try:
        name: str = get_language_info(code)["name_local"]
    except KeyError:
        return code
    return name[:1].title() + name[1:]  # Georgian has capitals, but no title case


def spoken_languages() -> list[tuple[str, str]]:
    """Codes and names for a select."""
    return [(code, language_name(code)) for code in SPOKEN]
