"""What can a column of a customer file mean, and by which headers is it known?

Words are compared folded, without spaces and case: “Company Name”, “company_name” and
“COMPANYNAME” are one. Admins' own fields and dimensions join with their names and keys.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core.countries import country_of
from core.custom_fields import fields_of
from core.importing.mapping import share
from core.importing.targets import Field
from core.models import CustomField

from ..models import CategoryDimension

COMPANY, REACHED, TRADE, CONTACT, OWN = (
    _("Company"),
    _("How it is reached"),
    _("How it trades"),
    _("Contact"),
    _("Your own fields"),
)
CATEGORY, CUSTOM, CONTACT_CUSTOM = "category:", "custom:", "contact_custom:"

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_WEBSITE = re.compile(r"(https?://|www\.)\S+|[\w-]+(\.[\w-]+)*\.[a-z]{2,}(/\S*)?", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d\s()./-]{7,25}")


def looks_like_emails(values: Sequence[str]) -> bool:
    return share(values, _EMAIL.fullmatch)


def looks_like_websites(values: Sequence[str]) -> bool:
    return share(values, _WEBSITE.fullmatch)


def looks_like_phones(values: Sequence[str]) -> bool:
    return share(values, lambda value: _PHONE.fullmatch(value) and sum(map(str.isdigit, value)) >= 7)


def looks_like_countries(values: Sequence[str]) -> bool:
    return share(values, country_of)


# Columns that make a person's name together.
NAME_PARTS = (
    "firstname",
    "givenname",
    "forename",
    "middlename",
    "lastname",
    "familyname",
    "surname",
    "contactfirstname",
    "contactlastname",
    "vorname",
    "nachname",
    "prenom",
    "nombre",
    "apellido",
    "apellidos",
    "姓",
    "名",
    "姓氏",
    "名字",
)
COMPANY_FIELDS = (
    Field(
        "name",
        _("Company name"),
        COMPANY,
        (
            "company",
            "companyname",
            "customer",
            "customername",
            "account",
            "accountname",
            "organization",
            "organisation",
            "name",
            "firm",
            "buyer",
            "client",
            "公司",
            "公司名",
            "公司名称",
            "客户",
            "客户名",
            "客户名称",
            "客户全称",
            "厂商名称",
            "企业名称",
            "单位名称",
            "抬头",
            "名称",
            "公司全称",
            "firma",
            "firmenname",
            "empresa",
            "societe",
        ),
        is_required=True,
    ),
    Field("number", _("Gonghai number"), COMPANY, ("gonghaino", "gonghaiid")),
    Field(
        "external_id",
        _("External id"),
        COMPANY,
        (
            "id",
            "customerid",
            "accountid",
            "recordid",
            "externalid",
            "customerno",
            "customernumber",
            "编号",
            "客户编号",
            "客户代码",
            "外部编号",
        ),
    ),
    Field(
        "code",
        _("Tax or credit code"),
        COMPANY,
        (
            "taxcode",
            "taxid",
            "taxnumber",
            "vat",
            "vatno",
            "vatnumber",
            "vatid",
            "creditcode",
            "ein",
            "gstin",
            "cnpj",
            "税号",
            "统一编号",
            "信用代码",
            "统一社会信用代码",
            "社会信用代码",
            "纳税人识别号",
        ),
    ),
    Field("kind", _("Company or person"), COMPANY, ("kind", "customerkind", "客户性质")),
    Field(
        "country",
        _("Country"),
        COMPANY,
        (
            "country",
            "countryregion",
            "countrycode",
            "nation",
            "officelocation",
            "国家",
            "国家地区",
            "国别",
            "所在国家",
            "所属国家",
            "land",
            "pais",
            "pays",
        ),
        looks=looks_like_countries,
        is_replaceable=True,
    ),
    Field(
        "region",
        _("State or province"),
        COMPANY,
        ("state", "province", "region", "county", "省", "省份", "州", "州省", "地区"),
        is_replaceable=True,
    ),
    Field(
        "city",
        _("City"),
        COMPANY,
        ("city", "town", "城市", "所在城市", "ort", "stadt", "ville", "ciudad"),
        is_replaceable=True,
    ),
    Field(
        "address",
        _("Address"),
        COMPANY,
        ("address", "street", "streetaddress", "address1", "companyaddress", "地址", "详细地址", "公司地址", "街道"),
        is_many=True,
        is_replaceable=True,
    ),
    Field(
        "postal_code",
        _("Postal code"),
        COMPANY,
        ("postalcode", "zip", "zipcode", "postcode", "plz", "邮编", "邮政编码"),
        is_replaceable=True,
    ),
    Field(
        "size",
        _("Size (employees)"),
        COMPANY,
        (
            "size",
            "companysize",
            "employees",
            "employeecount",
            "numberofemployees",
            "staff",
            "规模",
            "员工数",
            "人数",
            "公司规模",
            "员工人数",
        ),
        is_replaceable=True,
    ),
    Field("language", _("Language"), COMPANY, ("language", "语言"), is_replaceable=True),
    Field("time_zone", _("Time zone"), COMPANY, ("timezone", "时区"), is_replaceable=True),
    Field("tags", _("Tags"), COMPANY, ("tags", "tag", "labels", "标签", "客户标签"), is_many=True),
    Field(
        "status", _("Status"), COMPANY, ("status", "stage", "customerstatus", "状态", "客户状态", "阶段", "客户阶段")
    ),
    Field("source", _("Source"), COMPANY, ("source", "leadsource", "origin", "来源", "客户来源", "渠道")),
    Field(
        "owner",
        _("Owner"),
        COMPANY,
        (
            "owner",
            "salesperson",
            "salesrep",
            "accountowner",
            "accountmanager",
            "assignedto",
            "负责人",
            "业务员",
            "跟进人",
            "所属人",
            "归属人",
            "客户经理",
        ),
    ),
    Field(
        "remarks",
        _("Remarks"),
        COMPANY,
        ("remarks", "remark", "notes", "note", "comment", "comments", "description", "备注", "说明", "描述"),
        is_many=True,
        is_replaceable=True,
    ),
)
REACHED_FIELDS = (
    Field(
        "website",
        _("Website"),
        REACHED,
        ("website", "web", "url", "homepage", "domain", "网站", "网址", "官网", "公司网站"),
        looks=looks_like_websites,
        is_replaceable=True,
    ),
    Field(
        "email", _("Company e-mail"), REACHED, ("companyemail", "generalemail", "公司邮箱", "公司邮件"), is_many=True
    ),
    Field(
        "phone",
        _("Company phone"),
        REACHED,
        ("companyphone", "switchboard", "landline", "公司电话", "座机", "固话", "总机"),
        is_many=True,
    ),
    Field("fax", _("Fax"), REACHED, ("fax", "faxnumber", "telefax", "传真"), is_many=True),
)
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
CONTACT_FIELDS = (
    Field(
        "contact.name",
        _("Contact name"),
        CONTACT,
        (
            "contact",
            "contactname",
            "contactperson",
            "person",
            "fullname",
            "attention",
            "attn",
            "联系人",
            "联系人姓名",
            "姓名",
            "联系人名称",
            "联络人",
            "联络人姓名",
            "ansprechpartner",
        ),
        is_joined=True,
        parts=NAME_PARTS,
    ),
    Field(
        "contact.title",
        _("Job title"),
        CONTACT,
        ("title", "jobtitle", "position", "contacttitle", "职位", "职务", "职称", "头衔"),
        is_replaceable=True,
        is_joined=True,
    ),
    Field("contact.department", _("Department"), CONTACT, ("department", "部门"), is_replaceable=True, is_joined=True),
    Field(
        "contact.email",
        _("E-mail"),
        CONTACT,
        (
            "email",
            "mail",
            "emailaddress",
            "contactemail",
            "邮箱",
            "电子邮箱",
            "电子邮件",
            "邮件",
            "电子信箱",
            "联系人邮箱",
        ),
        is_many=True,
        looks=looks_like_emails,
    ),
    Field(
        "contact.mobile",
        _("Mobile"),
        CONTACT,
        ("mobile", "cell", "cellphone", "mobilephone", "手机", "手机号", "移动电话", "行动电话", "手机号码"),
        is_many=True,
    ),
    Field(
        "contact.phone",
        _("Phone"),
        CONTACT,
        (
            "phone",
            "tel",
            "telephone",
            "phonenumber",
            "contactphone",
            "directphone",
            "电话",
            "联系电话",
            "电话号码",
            "联系方式",
            "telefon",
        ),
        is_many=True,
        looks=looks_like_phones,
    ),
    Field("contact.whatsapp", _("WhatsApp"), CONTACT, ("whatsapp", "wa"), is_many=True),
    Field("contact.wechat", _("WeChat"), CONTACT, ("wechat", "weixin", "微信", "微信号"), is_many=True),
    Field("contact.linkedin", _("LinkedIn"), CONTACT, ("linkedin", "领英"), is_many=True),
    Field("contact.facebook", _("Facebook"), CONTACT, ("facebook", "脸书"), is_many=True),
    Field("contact.instagram", _("Instagram"), CONTACT, ("instagram",), is_many=True),
    Field("contact.skype", _("Skype"), CONTACT, ("skype",), is_many=True),
    Field("contact.telegram", _("Telegram"), CONTACT, ("telegram",), is_many=True),
    # Not “Line”: under this name our own files carry the number of a line.
    Field("contact.line", _("LINE account"), CONTACT, ("lineid",), is_many=True),
    Field("contact.viber", _("Viber"), CONTACT, ("viber",), is_many=True),
    Field("contact.fax", _("Fax of the contact"), CONTACT, ("contactfax", "联系人传真"), is_many=True),
    Field("contact.other", _("Other account of the contact"), CONTACT, ("otheraccount", "其他账号"), is_many=True),
    Field(
        "contact.language",
        _("Language of the contact"),
        CONTACT,
        ("contactlanguage", "联系人语言"),
        is_replaceable=True,
    ),
    Field(
        "contact.time_zone",
        _("Time zone of the contact"),
        CONTACT,
        ("contacttimezone", "联系人时区"),
        is_replaceable=True,
    ),
    Field(
        "contact.birthday",
        _("Birthday"),
        CONTACT,
        ("birthday", "birthdate", "dateofbirth", "生日", "出生日期"),
        is_date=True,
        is_replaceable=True,
    ),
    Field("contact.is_decision_maker", _("Decision maker"), CONTACT, ("decisionmaker", "决策人", "是否决策人")),
    Field(
        "contact.preferred_channel",
        _("Preferred channel"),
        CONTACT,
        ("preferredchannel", "首选渠道", "偏好渠道"),
        is_replaceable=True,
    ),
    Field("contact.style", _("Communication style"), CONTACT, ("communicationstyle", "沟通风格"), is_replaceable=True),
    Field(
        "contact.is_do_not_contact",
        _("Do not contact"),
        CONTACT,
        ("donotcontact", "donotcall", "optout", "optedout", "unsubscribed", "请勿联系", "禁止联系", "勿扰"),
    ),
    Field(
        "contact.do_not_contact_reason",
        _("Why not to contact"),
        CONTACT,
        ("donotcontactreason", "optoutreason", "请勿联系原因"),
    ),
    Field(
        "contact.remarks",
        _("Remarks on the contact"),
        CONTACT,
        ("contactremarks", "联系人备注"),
        is_many=True,
        is_replaceable=True,
    ),
)


def all_fields() -> list[Field]:
    """Every field a column can feed, the admins' own ones among them. Three queries."""
    dimensions = CategoryDimension.objects.filter(is_active=True)
    categories = [
        Field(f"{CATEGORY}{one.key}", one.name, OWN, (one.key, one.name_en, one.name_zh), is_many=one.is_multiple)
        for one in dimensions
    ]
    own = [_custom(CUSTOM, one) for one in fields_of("customers.customer")]
    people = [_custom(CONTACT_CUSTOM, one) for one in fields_of("customers.contact")]
    return [*COMPANY_FIELDS, *REACHED_FIELDS, *CONTACT_FIELDS, *TRADE_FIELDS, *categories, *own, *people]


def _custom(prefix: str, one: CustomField) -> Field:
    words = tuple(filter(None, (one.key, one.name_en, one.name_zh)))
    return Field(
        f"{prefix}{one.key}",
        one.name,
        OWN,
        words,
        is_date=one.kind == CustomField.Kind.DATE,
        is_number=one.kind in (CustomField.Kind.NUMBER, CustomField.Kind.MONEY),
        is_joined=one.kind == CustomField.Kind.TEXT,
        is_replaceable=True,
    )
