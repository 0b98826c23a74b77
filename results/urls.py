"""Routes of results/: pages."""

from django.urls import path, re_path

from results import views

app_name = "results"
urlpatterns = [
    path("", views.results_list, name="list"),
    re_path(r"^export\.(?P<kind>csv|xlsx)$", views.export, name="export"),
    path("<int:pk>/", views.one, name="one"),
    path("<int:pk>/answer/", views.answer, name="answer"),
    path("of/<uuid:oid>/", views.of_oid, name="of_oid"),
    path("report-hosts/", views.hosts, name="report_hosts"),
    path("report-hosts/<int:pk>/remove/", views.forbid_host, name="forbid_host"),
]
