"""Under which addresses are leads, opportunities, orders and the funnel found?"""

from django.urls import URLPattern, URLResolver, path

from . import inquiry_urls, lead_urls, opportunity_urls
from .views import funnel, order_record, orders, rhythm

app_name = "opportunities"
urlpatterns: list[URLPattern | URLResolver] = [
    *opportunity_urls.urlpatterns,
    path("orders/", orders.OrderList.as_view(), name="orders"),
    path("orders/count/", orders.OrderList.as_view(answers="count"), name="order_count"),
    path("orders/filter/", orders.OrderFilterPanel.as_view(), name="order_filters"),
    path("orders/rhythm/", rhythm.RhythmList.as_view(), name="rhythm"),
    path("orders/rhythm/filter/", rhythm.RhythmFilterPanel.as_view(), name="rhythm_filters"),
    path("orders/new/", order_record.OrderCreate.as_view(), name="order_create"),
    path("orders/<int:pk>/", order_record.OrderPage.as_view(), name="order"),
    path("orders/<int:pk>/edit/", order_record.OrderUpdate.as_view(), name="order_update"),
    path("orders/<int:pk>/void/", order_record.OrderVoid.as_view(), name="order_void"),
    path("customers/<int:pk>/orders/", orders.OrdersOfCustomer.as_view(), name="orders_of_customer"),
    *lead_urls.urlpatterns,
    *inquiry_urls.urlpatterns,
    path("funnel/", funnel.funnel, name="funnel"),
    path("funnel/<slug:key>/file/", funnel.export, name="funnel_export"),
]
