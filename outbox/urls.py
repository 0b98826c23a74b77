"""Routes of outbox/, below /setup/work/."""

from django.urls import path

from outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.work, name="list"),
    path("<int:pk>/", views.one, name="one"),
    path("<int:pk>/again/", views.again, name="again"),
    path("<int:pk>/drop/", views.drop, name="drop"),
]
