from django.urls import path

from comments import views

app_name = "comments"
urlpatterns = [
    path("<int:pk>/", views.comment, name="comment"),
    path("<int:pk>/replies/", views.replies, name="replies"),
    path("story/<int:article_id>/", views.thread, name="thread"),
    path("status/<slug:key>/", views.status, name="status"),
]
