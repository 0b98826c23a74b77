"""Where the types of problems are explained."""

from django.urls import path

from access import help_views

urlpatterns = [
    path("", help_views.errors, name="help-errors"),
    path("<slug:slug>/", help_views.error, name="help-error"),
]
