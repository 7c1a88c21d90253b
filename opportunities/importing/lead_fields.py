"""What can a column of a file of inquiries mean, whoever exported it: a marketplace, a fair, another program?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.custom_fields import fields_of
from core.importing.targets import Field
from core.models import CustomField
from customers.importing.contact_fields import NAME_PARTS
from customers.importing.looks import looks_like_countries, looks_like_emails, looks_like_phones

LEAD, WHO, WHAT, WHENCE, OWN = (
    _("Lead"),
    _("Who asks"),
    _("For what"),
    _("Where it comes from"),
    _("Your own fields"),
)
CUSTOM = "custom:"
FIELDS = [
    Field("subject", _("Asks for"), WHAT,
          ("title", "subject", "rfqtitle", "rfqname", "rfq", "inquirytitle", "inquirysubject", "requesttitle",
           "buyinglead", "buyingrequest", "buyoffer", "headline", "request", "主题", "标题", "询盘主题", "询盘标题",
           "采购标题", "求购标题"), is_joined=True, is_replaceable=True),
    Field("message", _("Inquiry"), WHAT,
          ("description", "message", "inquiry", "enquiry", "details", "detail", "requirements", "requirement",
           "detailedrequirements", "content", "body", "text", "comments", "询盘内容", "内容", "描述", "需求",
           "详细描述", "采购需求", "需求描述", "留言", "详情"), is_many=True, is_replaceable=True),
    Field("product", _("Product"), WHAT,
          ("product", "productname", "products", "item", "itemname", "model", "keyword", "productofinterest", "产品",
           "产品名称", "品名", "商品", "型号", "采购产品", "意向产品", "关键词"), is_joined=True, is_replaceable=True),
    Field("quantity", _("Quantity"), WHAT,
          ("quantity", "qty", "orderquantity", "quantityrequired", "purchasequantity", "purchasevolume", "数量",
           "采购量", "采购数量", "需求数量", "订购数量"), is_number=True, is_replaceable=True),
    Field("unit", _("Unit"), WHAT, ("unit", "units", "quantityunit", "uom", "单位", "计量单位"), is_replaceable=True),
    Field("amount", _("Budget or value"), WHAT,
          ("budget", "amount", "value", "ordervalue", "totalvalue", "estimatedvalue", "leadvalue", "预算", "金额",
           "总金额", "采购预算"), is_number=True, is_replaceable=True),
    Field("currency", _("Currency"), WHAT, ("currency", "currencycode", "币种", "货币"), is_replaceable=True),
    Field("company", _("Company"), WHO,
          ("company", "companyname", "organization", "organisation", "account", "accountname", "firm", "buyercompany",
           "customer", "customername", "公司", "公司名", "公司名称", "客户", "客户名称", "企业名称", "单位名称",
           "firma", "empresa", "societe"), is_replaceable=True),
    Field("person", _("Person"), WHO,
          ("person", "contact", "contactname", "contactperson", "name", "fullname", "buyer", "buyername", "leadname",
           "sender", "联系人", "联系人姓名", "姓名", "采购商", "买家", "买家姓名"), is_joined=True, parts=NAME_PARTS,
          is_replaceable=True),
    Field("title", _("Job title"), WHO, ("jobtitle", "position", "role", "职位", "职务", "职称"), is_replaceable=True),
    Field("email", _("E-mail"), WHO,
          ("email", "mail", "emailaddress", "buyeremail", "contactemail", "邮箱", "电子邮箱", "邮件", "电子邮件",
           "邮箱地址"), looks=looks_like_emails, is_replaceable=True),
    Field("phone", _("Phone"), WHO,
          ("phone", "tel", "telephone", "phonenumber", "mobile", "mobilephone", "cell", "cellphone", "contactnumber",
           "电话", "手机", "联系电话", "手机号", "联系方式"), looks=looks_like_phones, is_replaceable=True),
    Field("whatsapp", _("WhatsApp"), WHO, ("whatsapp", "wa"), is_replaceable=True),
    Field("wechat", _("WeChat"), WHO, ("wechat", "weixin", "微信", "微信号"), is_replaceable=True),
    Field("website", _("Website"), WHO,
          ("website", "web", "url", "homepage", "domain", "网站", "网址", "官网"), is_replaceable=True),
    Field("country", _("Country"), WHO,
          ("country", "countryregion", "buyercountry", "countrycode", "nation", "location", "from", "国家", "国家地区",
           "国别", "所在国家", "land", "pais", "pays"), looks=looks_like_countries, is_replaceable=True),
    Field("city", _("City"), WHO, ("city", "town", "城市", "所在城市"), is_replaceable=True),
    Field("language", _("Language"), WHO, ("language", "语言"), is_replaceable=True),
    Field("asked_at", _("Asked on"), WHENCE,
          ("date", "dateposted", "posted", "postedon", "postdate", "posteddate", "postedtime", "inquirydate",
           "requestdate", "receivedon", "received", "created", "createdate", "createddate", "createdon", "createdat",
           "creationdate", "published", "publishdate", "time", "日期", "时间", "询盘日期", "询盘时间", "发布日期",
           "发布时间", "创建时间", "创建日期"), is_date=True),
    Field("source", _("Source"), WHENCE,
          ("source", "leadsource", "channel", "platform", "origin", "来源", "线索来源", "渠道", "平台"),
          is_replaceable=True),
    Field("campaign", _("Campaign"), WHENCE, ("campaign", "campaignname", "fair", "event", "营销活动", "活动", "展会"),
          is_replaceable=True),
    Field("external_id", _("External id"), LEAD,
          ("id", "externalid", "leadid", "inquiryid", "inquiryno", "rfqid", "rfqno", "rfqnumber", "requestid",
           "recordid", "编号", "线索编号", "询盘编号", "询盘号", "外部编号")),
    Field("owner", _("Owner"), LEAD,
          ("owner", "leadowner", "salesperson", "salesrep", "assignedto", "负责人", "业务员", "跟进人", "归属人")),
    Field("team", _("Team"), LEAD, ("team", "salesteam", "department", "团队", "部门")),
    # The number of a buyer is no name, and no id of the inquiry: one buyer may ask twice.
    Field("remarks", _("Remarks"), LEAD,
          ("remarks", "remark", "notes", "note", "buyerno", "buyerid", "buyernumber", "customerno", "customerid",
           "备注", "说明", "买家编号", "客户编号"), is_many=True, is_replaceable=True),
]  # fmt: skip
WHOSE = ("owner", "team")


def all_fields() -> list[Field]:
    """Every field a column can feed, the admins' own ones among them. One statement."""
    return [*FIELDS, *(_own(one) for one in fields_of("opportunities.lead"))]


def _own(one: CustomField) -> Field:
    return Field(
        f"{CUSTOM}{one.key}",
        one.name,
        OWN,
        tuple(filter(None, (one.key, one.name_en, one.name_zh))),
        is_date=one.kind == CustomField.Kind.DATE,
        is_number=one.kind in (CustomField.Kind.NUMBER, CustomField.Kind.MONEY),
        is_joined=one.kind == CustomField.Kind.TEXT,
        is_replaceable=True,
    )
