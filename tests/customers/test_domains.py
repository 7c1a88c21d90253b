"""Which web and mail domains tie records to one company?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.domains import is_free_mail, is_platform, is_shared_mailbox, own_domain, web_domain


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://www.acme.co.uk/x?y#z", "acme.co.uk"),
        ("ACME.de", "acme.de"),
        ("//acme.de", "acme.de"),
        ("http://user:pw@www.acme.de:8080/", "acme.de"),
        ("acme.de/mail@other.com", "acme.de"),
        ("Info <info@sales.acme.com.cn>", "acme.com.cn"),
        ("mailto:a@b.de", "b.de"),
        ("shop.acme.myshopify.com", "acme.myshopify.com"),
        ("müller.de", "xn--mller-kva.de"),
        ("www.acme。com", "acme.com"),
        ("www.city.kawasaki.jp", "city.kawasaki.jp"),
        ("a.b.c.kawasaki.jp", "b.c.kawasaki.jp"),
        ("www.ck", "www.ck"),
    ],
)
def test_registrable_domain(address, domain):
    assert web_domain(address) == own_domain(address) == domain


@pytest.mark.parametrize(
    "address",
    [
        "",
        "\x00",
        "co.uk",
        "com",
        "localhost",
        "http://192.168.0.1/",
        "http://[::1]/",
        "http://[x",
        "a b",
        "n/a",
        "a..com",
        "-a.com",
        "x.invalidtld",
        "x" * 5000 + ".com",
    ],
)
def test_no_domain(address):
    assert web_domain(address) == ""


@pytest.mark.parametrize(
    "address",
    [
        "a@gmail.com",
        "b@vip.163.com",
        "c@qq.com",
        "d@yahoo.com.ph",
        "e@hotmail.hu",
        "f@mail.ru",
        "acme.en.alibaba.com",
        "https://www.facebook.com/acme",
    ],
)
def test_shared_domains_tie_nobody(address):
    assert web_domain(address)
    assert own_domain(address) == ""


def test_kinds_of_shared_domains():
    assert is_free_mail("gmail.com")
    assert not is_free_mail("acme.de")
    assert is_platform("acme.en.alibaba.com")
    assert not is_platform("alibaba-tools.de")


@pytest.mark.parametrize(
    ("address", "expected"),
    [("info@acme.de", True), ("Sales+cn@acme.de", True), ("li.wei@acme.de", False), ("", False)],
)
def test_shared_mailboxes(address, expected):
    assert is_shared_mailbox(address) is expected


@given(st.text(max_size=60))
def test_any_text_gets_an_answer_that_is_a_domain_of_its_own(address):
    domain = web_domain(address)
    assert domain == "" or web_domain(domain) == domain
