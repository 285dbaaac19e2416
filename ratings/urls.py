from django.urls import path

from ratings import views

app_name = "ratings"
urlpatterns = [path("<int:article_id>/", views.vote, name="vote")]
