from django.urls import path, register_converter

from articles import feeds, views
from articles.converters import (
    DayConverter,
    MonthConverter,
    MonthOfSitemapConverter,
    UnicodeSlugConverter,
    YearConverter,
)
from articles.views import crawlers, newsletter, social_cards
from articles.views.oembed import oembed
from newsroom.syndication import feed_paths

register_converter(DayConverter, "day")
register_converter(MonthConverter, "month")
register_converter(MonthOfSitemapConverter, "shard")
register_converter(YearConverter, "year")
register_converter(UnicodeSlugConverter, "word")

app_name = "articles"
urlpatterns = [
    path("", views.front, name="front"),
    # What is asked for most stands first: the list is gone through from the top.
    path("<day:day>/<word:slug>/", views.story, name="story"),
    path("latest/", views.latest, name="latest"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("sitemap-pages.xml", crawlers.sitemap_of_pages, name="sitemap-pages"),
    path("sitemap-<shard:month>.xml", crawlers.sitemap_of_month, name="sitemap-month"),
    path(
        "sitemap-<shard:month>-<int:number>.xml",
        crawlers.sitemap_of_month,
        name="sitemap-shard",
    ),
    path("news-sitemap.xml", crawlers.news_sitemap, name="news-sitemap"),
    path("oembed/", oembed, name="oembed"),
    path("card/<int:pk>/<slug:token>.png", social_cards.of_story, name="social-card"),
    path("card/<slug:token>.png", social_cards.of_paper, name="paper-card"),
    path("about/", views.about, name="about"),
    path("pages/<word:slug>/", views.page, name="page"),
    path("search/", views.search, name="search"),
    path("newsletter/", newsletter.newsletter, name="newsletter"),
    path("newsletter/asked/", newsletter.asked, name="newsletter-asked"),
    path("newsletter/erased/", newsletter.erased, name="newsletter-erased"),
    path("newsletter/<int:number>/", newsletter.edition, name="edition"),
    path(
        "newsletter/confirm/<str:token>/", newsletter.confirm, name="newsletter-confirm"
    ),
    path("newsletter/own/<str:token>/", newsletter.own, name="newsletter-own"),
    path("newsletter/leave/<str:token>/", newsletter.leave, name="newsletter-leave"),
    path("corrections/", views.corrections_page, name="corrections"),
    *feed_paths("feed/", feeds.of_site, name="feed"),
    *feed_paths("corrections/feed/", feeds.of_corrections, name="corrections-feed"),
    *feed_paths("section/<word:slug>/feed/", feeds.of_section, name="section-feed"),
    *feed_paths("tag/<word:slug>/feed/", feeds.of_tag, name="tag-feed"),
    *feed_paths("author/<word:slug>/feed/", feeds.of_author, name="author-feed"),
    path("section/<word:slug>/", views.section, name="section"),
    path("tag/<word:slug>/", views.tag, name="tag"),
    path("author/<word:slug>/", views.author, name="author"),
    path("preview/<str:token>/", views.preview, name="preview"),
    path("preview/<str:token>/answer/", views.answer_preview, name="answer-preview"),
    path("embed/", views.embed, name="embed"),
    path("media/<path:name>", views.media, name="media"),
    path("archive/", views.archive.years, name="archive"),
    path("<year:first>/", views.archive.year, name="year"),
    path("<month:first>/", views.archive.month, name="month"),
    path("<day:first>/", views.archive.day, name="day"),
    path("<day:day>/<word:slug>/versions/", views.versions, name="versions"),
    path(
        "<day:day>/<word:slug>/versions/<int:number>/",
        views.version,
        name="version",
    ),
]
