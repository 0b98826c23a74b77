"""Routes of uploads, within inventory/."""

from django.urls import path

from inventory.views import uploads

urlpatterns = [
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/new/", uploads.upload_new, name="upload_new"),
    path("uploads/<int:upload_id>/", uploads.upload, name="upload"),
]
