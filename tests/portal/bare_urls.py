"""A portal in which only Today stands."""

from django.urls import path

from tests.portal.gallery import nothing

urlpatterns = [path("", nothing, name="today")]
