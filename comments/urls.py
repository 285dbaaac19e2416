from django.urls import path

from comments import feeds
from comments.views import correspondence, objecting, own, reading, recommending
from newsroom.syndication import feed_paths

app_name = "comments"
urlpatterns = [
    path("<int:pk>/", reading.comment, name="comment"),
    path("<int:pk>/replies/", reading.replies, name="replies"),
    path("story/<int:article_id>/", reading.thread, name="thread"),
    *feed_paths("story/<int:article_id>/feed/", feeds.of_story, name="story-feed"),
    *feed_paths("feed/", feeds.of_site, name="site-feed"),
    path("<int:pk>/recommend/", recommending.recommend, name="recommend"),
    path("status/<slug:key>/", own.status, name="status"),
    path("status/<slug:key>/edit/", own.edit, name="edit"),
    path("status/<slug:key>/withdraw/", own.withdraw, name="withdraw"),
    path("status/<slug:key>/appeal/", objecting.appeal, name="appeal"),
    path("<int:pk>/report/", objecting.report, name="report"),
    path("<int:pk>/illegal/", objecting.illegal, name="illegal"),
    path("mail/<slug:key>/", correspondence.wishes, name="mail"),
    path("mail/<slug:key>/stop/", correspondence.stop, name="mail-stop"),
    path("decide/<str:token>/", correspondence.decide, name="decide"),
    path("mine/", correspondence.ask_for_mine, name="ask-for-mine"),
    path("mine/<str:token>/", correspondence.mine, name="mine"),
    path("mine/<str:token>/export/", correspondence.export, name="export"),
    path("mine/<str:token>/erase/", correspondence.erase, name="erase"),
    path("mine/<str:token>/<int:pk>/", correspondence.edit_mine, name="edit-mine"),
    path("notice/<slug:reference>/", objecting.notice, name="notice"),
]
