"""What can a column of a file of deals mean, and by which headers is it known?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.importing.targets import Field

DEAL, WHOSE, MONEY, COURSE = _("Deal"), _("With whom, by whom"), _("Amount"), _("How far it is")
FIELDS = [
    Field("external_id", _("External id"), DEAL,
          ("externalid", "opportunityid", "dealid", "opportunitynumber", "recordid", "id", "商机编号", "编号",
           "机会编号")),
    Field("title", _("Title"), DEAL,
          ("opportunity", "opportunityname", "dealname", "dealtitle", "title", "subject", "商机名称", "商机",
           "项目名称", "机会名称", "主题"), is_joined=True),
    Field("product", _("Product"), DEAL, ("product", "productname", "item", "model", "产品", "产品名称", "型号"),
          is_joined=True),
    Field("details", _("Details"), DEAL, ("details", "description", "notes", "remarks", "备注", "描述", "说明"),
          is_many=True),
    Field("customer", _("Customer"), WHOSE,
          ("account", "accountname", "customer", "customername", "company", "companyname", "client", "organization",
           "organisation", "客户", "客户名称", "公司", "公司名称")),
    Field("customer_id", _("Customer's id or code"), WHOSE,
          ("customerid", "accountid", "companyid", "clientid", "customercode", "客户编号", "客户代码")),
    Field("owner", _("Owner"), WHOSE,
          ("owner", "opportunityowner", "dealowner", "salesagent", "salesrep", "salesperson", "agent", "assignedto",
           "负责人", "业务员", "销售", "跟进人")),
    Field("source", _("Source"), WHOSE, ("source", "leadsource", "来源", "客户来源")),
    Field("competitors", _("Competitors"), WHOSE, ("competitor", "competitors", "竞争对手")),
    Field("amount", _("Amount"), MONEY,
          ("amount", "value", "dealvalue", "closevalue", "opportunityamount", "revenue", "expectedrevenue", "金额",
           "商机金额", "预计金额", "成交金额"), is_number=True),
    Field("currency", _("Currency"), MONEY, ("currency", "currencycode", "币种", "货币")),
    Field("stage", _("Stage"), COURSE,
          ("stage", "dealstage", "salesstage", "opportunitystage", "phase", "status", "阶段", "商机阶段", "状态"),
          is_required=True),
    Field("opened_on", _("Begun"), COURSE,
          ("engagedate", "createddate", "createdate", "creationdate", "opendate", "startdate", "begun", "创建日期",
           "创建时间", "开始日期", "立项日期"), is_date=True),
    Field("closed_on", _("Closed"), COURSE,
          ("closedate", "closeddate", "closingdate", "wondate", "actualclosedate", "closed", "成交日期", "关闭日期",
           "结束日期"), is_date=True),
    Field("expected_on", _("Expected close"), COURSE,
          ("expectedclose", "expectedclosedate", "expectedclosingdate", "forecastdate", "预计成交日", "预计成交日期"),
          is_date=True),
    Field("lost_reason", _("Why lost"), COURSE,
          ("lostreason", "lossreason", "reasonlost", "closedlostreason", "输单原因", "丢单原因")),
    Field("lost_to", _("Lost to"), COURSE, ("lostto", "winner", "wonby", "丢给")),
]  # fmt: skip
LABELS = {field.key: field.label for field in FIELDS}
