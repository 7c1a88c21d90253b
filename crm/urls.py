"""Where does each app's part of the address space begin?"""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

urlpatterns = [
    path("", include("core.urls")),
    path("accounts/", include("accounts.sign_in_urls")),
    path("people/", include("accounts.urls")),
    path("customers/", include("customers.urls")),
    path("", include("followups.urls")),
    path("", include("opportunities.urls")),
    path("", include("communications.urls")),
    path("", include("reports.urls")),
    path("pool/", include("publicpool.urls")),
    path("admin/", admin.site.urls),
    # The words of the scripts are the same for everybody and stand on the sign-in page too.
    path("jsi18n/", login_not_required(JavaScriptCatalog.as_view()), name="javascript-catalog"),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
