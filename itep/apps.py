from django.apps import AppConfig


class ItepConfig(AppConfig):
    name = "itep"
