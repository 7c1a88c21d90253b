"""What can a column of a file of orders, or of their lines, mean, and by which headers is it known?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.importing.targets import Field

ORDER, MONEY, LINE = _("Order"), _("Money"), _("Line")
_NUMBERS = (
    "number", "orderno", "ordernumber", "orderid", "salesorder", "salesorderno", "pino", "invoicenumber", "contractno",
    "订单号", "订单编号", "合同号", "单号",
)  # fmt: skip
ORDERS = [
    Field("number", _("Order number"), ORDER, _NUMBERS, is_required=True),
    Field("external_id", _("External id"), ORDER, ("externalid", "recordid", "外部编号")),
    Field("customer", _("Customer"), ORDER,
          ("customer", "customername", "account", "accountname", "company", "companyname", "client", "buyer", "客户",
           "客户名称", "买方")),
    Field("customer_id", _("Customer's id or code"), ORDER,
          ("customerid", "accountid", "companyid", "clientid", "customercode", "客户编号", "客户代码")),
    Field("ordered_on", _("Date"), ORDER,
          ("orderdate", "orderedon", "date", "contractdate", "invoicedate", "订单日期", "下单日期", "日期", "签约日期"),
          is_date=True, is_required=True),
    Field("seller", _("Sold by"), ORDER,
          ("seller", "salesagent", "salesrep", "salesperson", "employeeid", "employee", "owner", "soldby", "业务员",
           "销售", "负责人")),
    Field("remarks", _("Remarks"), ORDER, ("remarks", "notes", "comment", "备注", "说明"), is_many=True),
    Field("amount", _("Amount"), MONEY,
          ("amount", "total", "totalamount", "ordertotal", "ordervalue", "grandtotal", "金额", "总金额", "订单金额"),
          is_number=True),
    Field("currency", _("Currency"), MONEY, ("currency", "currencycode", "币种", "货币")),
    Field("freight", _("Freight and charges"), MONEY, ("freight", "shipping", "shippingcost", "charges", "运费"),
          is_number=True),
    Field("cost", _("Cost"), MONEY, ("cost", "totalcost", "成本", "总成本"), is_number=True),
    Field("payment_terms", _("Payment terms"), MONEY, ("paymentterms", "terms", "付款方式", "付款条件")),
    Field("incoterm", _("Incoterm"), MONEY, ("incoterm", "incoterms", "priceterm", "贸易术语", "价格条款")),
]  # fmt: skip
LINES = [
    Field("number", _("Order number"), ORDER, _NUMBERS, is_required=True),
    Field("product", _("Product"), LINE,
          ("product", "productname", "productid", "item", "itemname", "sku", "产品", "产品名称", "品名", "型号"),
          is_required=True, is_joined=True),
    Field("quantity", _("Quantity"), LINE, ("quantity", "qty", "pcs", "数量"), is_number=True, is_required=True),
    Field("unit", _("Unit"), LINE, ("unit", "uom", "unitofmeasure", "单位")),
    Field("price", _("Price"), LINE, ("price", "unitprice", "单价", "价格"), is_number=True, is_required=True),
    Field("discount", _("Discount"), LINE, ("discount", "discountpercent", "rebate", "折扣", "折扣率"), is_number=True),
]  # fmt: skip
ORDER_LABELS = {field.key: field.label for field in ORDERS}
LINE_LABELS = {field.key: field.label for field in LINES}
