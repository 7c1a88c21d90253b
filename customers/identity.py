"""By which values is one company or person known again? The front door to names, codes, domains and accounts."""

from .codes import CodeCheck, check_code
from .company_names import CompanyName, name_key, normalise_name
from .domains import is_free_mail, is_platform, is_shared_mailbox, own_domain, web_domain
from .handles import mail_key, phone_keys, social_handle, social_link
from .legal_forms import canonical_form
from .places import split_place

__all__ = [
    "CodeCheck",
    "CompanyName",
    "canonical_form",
    "check_code",
    "is_free_mail",
    "is_platform",
    "is_shared_mailbox",
    "mail_key",
    "name_key",
    "normalise_name",
    "own_domain",
    "phone_keys",
    "social_handle",
    "social_link",
    "split_place",
    "web_domain",
]
