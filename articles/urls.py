from django.urls import path, register_converter

from articles import feeds, views
from articles.converters import DayConverter, UnicodeSlugConverter

register_converter(DayConverter, "day")
register_converter(UnicodeSlugConverter, "word")

app_name = "articles"
urlpatterns = [
    path("", views.front, name="front"),
    path("about/", views.about, name="about"),
    path("search/", views.search, name="search"),
    path("corrections/", views.corrections_page, name="corrections"),
    path("corrections/feed/", feeds.of_corrections, name="corrections-feed"),
    path("section/<word:slug>/", views.section, name="section"),
    path("tag/<word:slug>/", views.tag, name="tag"),
    path("author/<word:slug>/", views.author, name="author"),
    path("preview/<str:token>/", views.preview, name="preview"),
    path("preview/<str:token>/answer/", views.answer_preview, name="answer-preview"),
    path("media/<path:name>", views.media, name="media"),
    path("<day:day>/<word:slug>/", views.story, name="story"),
    path("<day:day>/<word:slug>/versions/", views.versions, name="versions"),
    path(
        "<day:day>/<word:slug>/versions/<int:number>/",
        views.version,
        name="version",
    ),
]
