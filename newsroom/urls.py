from django.contrib import admin
from django.urls import include, path

from newsroom import errors
from newsroom.health import health

urlpatterns = [
    path("admin/", admin.site.urls),
    path("health/", health, name="health"),
    path("comments/", include("comments.urls")),
    path("ratings/", include("ratings.urls")),
    path("", include("articles.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
