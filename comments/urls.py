from django.urls import path

from comments.views import objecting, own, reading

app_name = "comments"
urlpatterns = [
    path("<int:pk>/", reading.comment, name="comment"),
    path("<int:pk>/replies/", reading.replies, name="replies"),
    path("story/<int:article_id>/", reading.thread, name="thread"),
    path("status/<slug:key>/", own.status, name="status"),
    path("status/<slug:key>/edit/", own.edit, name="edit"),
    path("status/<slug:key>/withdraw/", own.withdraw, name="withdraw"),
    path("status/<slug:key>/appeal/", objecting.appeal, name="appeal"),
    path("<int:pk>/report/", objecting.report, name="report"),
    path("<int:pk>/illegal/", objecting.illegal, name="illegal"),
    path("notice/<slug:reference>/", objecting.notice, name="notice"),
]
