"""The API's description and its page, offline: all files come from our own static folder, no script stands inline."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.authentication import BaseAuthentication


class ApiDocs(SpectacularSwaggerSplitView):
    """Swagger's page without the style that its own template writes inline: our content security policy forbids it."""

    template_name = "access/api_docs.html"
    authentication_classes: list[type[BaseAuthentication]] = []


class ApiSchema(SpectacularAPIView):
    """OpenAPI 3. Public: it tells what can be asked, and nothing of anybody."""

    authentication_classes: list[type[BaseAuthentication]] = []


urlpatterns = [
    path("schema/", ApiSchema.as_view(), name="schema"),
    path("docs/", ApiDocs.as_view(url_name="schema"), name="api-docs"),
]
