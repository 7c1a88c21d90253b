"""What can a column of a file say of how a company trades?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.importing.targets import Field

TRADE = _("How it trades")

TRADE_FIELDS = (
    Field(
        "payment_terms",
        _("Payment terms"),
        TRADE,
        ("paymentterms", "payment", "付款方式", "付款条件", "账期"),
        is_replaceable=True,
    ),
    Field("currency", _("Currency"), TRADE, ("currency", "币种", "货币", "结算币种"), is_replaceable=True),
    Field(
        "incoterm",
        _("Usual incoterm"),
        TRADE,
        ("incoterm", "incoterms", "tradeterms", "贸易术语", "贸易方式", "价格条款"),
        is_replaceable=True,
    ),
    Field("tariff_preference", _("Tariff preference"), TRADE, ("tariffpreference", "关税优惠"), is_replaceable=True),
    Field(
        "purchase_cycle_days",
        _("Purchase cycle in days"),
        TRADE,
        ("purchasecycle", "purchasecycledays", "采购周期", "采购周期天"),
        is_number=True,
        is_replaceable=True,
    ),
    Field(
        "annual_purchase",
        _("Annual purchase"),
        TRADE,
        ("annualpurchase", "annualvolume", "purchasevolume", "年采购额", "年采购量"),
        is_number=True,
        is_replaceable=True,
    ),
    Field(
        "our_share",
        _("Our share in %"),
        TRADE,
        ("ourshare", "share", "我方份额", "份额"),
        is_number=True,
        is_replaceable=True,
    ),
    Field(
        "competitors",
        _("Competitors"),
        TRADE,
        ("competitors", "competitor", "竞争对手", "竞品"),
        is_many=True,
        is_replaceable=True,
    ),
    Field(
        "needs",
        _("Needs"),
        TRADE,
        ("needs", "requirements", "interestedin", "products", "需求", "采购需求", "意向产品", "主营产品"),
        is_many=True,
        is_replaceable=True,
    ),
    Field(
        "reasons_not_won",
        _("Reasons not won"),
        TRADE,
        ("reasonsnotwon", "未成交原因"),
        is_many=True,
        is_replaceable=True,
    ),
)
