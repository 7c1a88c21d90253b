"""Under which addresses do inquiries come in: by public forms, by pasting?"""

from django.urls import path

from .views import inquiry, inquiry_forms, pasting, suspects

urlpatterns = [
    path("inquiry/<str:token>/", inquiry.inquiry, name="inquiry"),
    path("leads/paste/", pasting.PasteLead.as_view(), name="paste"),
    path("leads/forms/", inquiry_forms.inquiry_forms, name="inquiry_forms"),
    path("leads/forms/new/", inquiry_forms.InquiryFormCreate.as_view(), name="inquiry_form_create"),
    path("leads/forms/<int:pk>/", inquiry_forms.InquiryFormPage.as_view(), name="inquiry_form"),
    path("leads/forms/<int:pk>/edit/", inquiry_forms.InquiryFormUpdate.as_view(), name="inquiry_form_update"),
    path("leads/suspects/", suspects.suspects, name="suspects"),
    path("leads/suspects/decide/", suspects.suspects_decide, name="suspects_decide"),
]
