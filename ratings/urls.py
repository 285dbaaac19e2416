from django.urls import path

from ratings import views

app_name = "ratings"
urlpatterns = [
    path("", views.best, name="best"),
    path("<int:article_id>/", views.vote, name="vote"),
    path("<int:article_id>/counting/", views.counting, name="counting"),
]
