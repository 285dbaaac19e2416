from django.contrib import admin
from django.urls import include, path

from newsroom import errors, views
from newsroom.health import health

urlpatterns = [
    path("admin/", admin.site.urls),
    path("health/", health, name="health"),
    path("favicon.ico", views.icon, {"name": "favicon.ico"}, name="favicon"),
    path("apple-touch-icon.png", views.icon, {"name": "apple-touch-icon.png"}),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("theme-<slug:digest>.css", views.theme_css, name="theme"),
    path(".well-known/security.txt", views.security_txt, name="security"),
    path("comments/", include("comments.urls")),
    path("ratings/", include("ratings.urls")),
    path("", include("articles.urls")),
    path("", include("newsroom.old_feeds")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
