"""Do all writings of an account or number lead to the same key?"""

import pytest

from customers.handles import mail_key, phone_keys, social_handle, social_link


@pytest.mark.parametrize(
    ("channel", "texts", "handle"),
    [
        ("linkedin", "https://www.linkedin.com/in/John-Doe-1/?x=1|john-doe-1|@John-Doe-1", "in/john-doe-1"),
        ("linkedin", "https://cn.linkedin.com/company/Acme/", "company/acme"),
        ("facebook", "https://www.facebook.com/AcmeLtd/|fb.com/acmeltd|@AcmeLtd|m.me/acmeltd", "acmeltd"),
        ("facebook", "https://www.facebook.com/profile.php?id=1000", "1000"),
        ("whatsapp", "+86 139 1234 5678|https://wa.me/8613912345678?text=x|13912345678", "+8613912345678"),
        ("whatsapp", "https://api.whatsapp.com/send?phone=8613912345678", "+8613912345678"),
        ("wechat", "Li_Wei-88|li_wei-88", "li_wei-88"),
        ("wechat", "139 1234 5678", "+8613912345678"),
        ("telegram", "https://t.me/Acme|@acme", "acme"),
        ("skype", "live:.cid.123abc", "live:.cid.123abc"),
        ("youtube", "https://www.youtube.com/channel/UCaB1", "channel/UCaB1"),
        ("youtube", "https://www.youtube.com/@Acme|Acme", "@acme"),
        ("qq", "QQ: 123456789|123456789", "123456789"),
        ("facebook", "|https://other.example/x|a", ""),
        ("whatsapp", "ask Li", ""),
    ],
)
def test_handles(channel, texts, handle):
    assert {social_handle(channel, text, "CN") for text in texts.split("|")} == {handle}


def test_links():
    assert social_link("linkedin", "company/acme") == "https://www.linkedin.com/company/acme"
    assert social_link("wechat", "li") == ""
    assert social_link("linkedin", "") == ""


def test_phone_and_mail_keys():
    assert phone_keys(["+86 139 1234 5678", "0086 13912345678", "ext 12"], "") == {"+8613912345678"}
    assert mail_key("Li Wei <Li.Wei@ACME.com>") == mail_key("mailto:li.wei@acme.com") == "li.wei@acme.com"
    assert mail_key("none") == ""
