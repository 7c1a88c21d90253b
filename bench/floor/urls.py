"""Which pages has the floor?"""

from django.urls import path

from . import views

urlpatterns = [
    path("healthz", views.healthz),
    path("signed-in/", views.signed_in),
    path("page/<slug:name>/", views.page),
]
