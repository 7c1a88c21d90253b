"""Under which addresses are leads, opportunities, orders and the funnel found?"""

from django.urls import URLPattern, URLResolver

app_name = "opportunities"
urlpatterns: list[URLPattern | URLResolver] = []
