"""Routes of outbox/, below /setup/work/."""

from django.urls import path

from outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.work, name="list"),
    path("all/again/", views.many, {"act": "again"}, name="again_many"),
    path("all/drop/", views.many, {"act": "drop"}, name="drop_many"),
    path("<int:pk>/", views.one, name="one"),
    path("<int:pk>/again/", views.again, name="again"),
    path("<int:pk>/drop/", views.drop, name="drop"),
]
