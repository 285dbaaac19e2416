"""The Discussion page of the desk."""

from dataclasses import asdict

from django.urls import reverse

import pytest

from comments import moderation
from comments.models import Comment, Discussion
from comments.rules import Rules, rules_of
from newsroom.models import Event
from tests.factories import make_article, make_comment, make_staff, set_discussion
from tests.html_forms import fields_of

# The familiar page, its defaults, and what Newsroom calls each.
FAMILIAR = {
    "Allow comments on new stories": ("comments_open", True),
    "Name and email required": ("name_and_email_required", True),
    "Must be registered": ("staff_only", False),
    "Close comments on stories older than N days": ("close_after_days", 0),
    "Show cookie consent box": ("consent_box", True),
    "Nested comments, depth": ("levels", 5),
    "Comments per page": ("roots_a_page", 50),
    "Order": ("order", "oldest"),
    "Mail the author: anyone comments": ("mail_author", True),
    "Mail: comment held": ("mail_held", True),
    "Hold every comment": ("hold_all", False),
    "Author must have an approved comment": ("hold_unknown", True),
    "Hold at N or more links": ("links_held", 2),
    "Hold words": ("hold_words", ""),
    "Refuse words": ("refuse_words", ""),
    "Avatars": ("avatars", True),
}


@pytest.fixture
def desk(client):
    client.force_login(make_staff(is_superuser=True))
    return client


def page_of(settings):
    return reverse("admin:comments_discussion_change", args=[settings.pk])


def save(desk, settings, **changes):
    data = fields_of(desk.get(page_of(settings)), form_id="discussion_form")
    return desk.post(page_of(settings), data | changes)


def test_every_familiar_setting_is_there_with_its_familiar_default(desk):
    page = desk.get(page_of(set_discussion())).text
    rules = asdict(Rules())

    for name, default in FAMILIAR.values():
        assert rules[name] == default
        assert f'name="{name}"' in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("levels", "11", "less than or equal to 10"),
        ("levels", "many", "Enter a whole number."),
        ("roots_a_page", "0", "greater than or equal to 5"),
        ("links_held", "9" * 30, "less than or equal to 100"),
        ("learner_percent", "20", "greater than or equal to 50"),
        ("order", "random", "Select a valid choice."),
        ("akismet", "true", "There is no AKISMET_KEY yet"),
        ("hold_words", "a\0b", "Null characters are not allowed."),
    ],
)
def test_an_impossible_value_is_said_beside_its_field(desk, field, value, said):
    settings = set_discussion()

    response = save(desk, settings, **{field: value})

    assert response.status_code == 200
    assert said in response.text
    settings.refresh_from_db()
    assert getattr(settings, field) in (None, "")


def test_a_change_is_written_down_with_before_and_after(desk):
    settings = set_discussion(links_held=3, levels=4)

    save(desk, settings, links_held="5")

    event = Event.objects.about(settings).get()
    assert event.act == "change discussion"
    assert (event.before, event.after) == ({"links_held": 3}, {"links_held": 5})


def test_settings_that_are_deleted_are_written_down(desk):
    article = make_article()
    settings = set_discussion(article=article, hold_all=True)

    desk.post(
        reverse("admin:comments_discussion_delete", args=[settings.pk]),
        {"post": "yes"},
    )

    event = Event.objects.get(act="reset discussion")
    assert event.before == {"hold_all": True}
    assert not rules_of(article).hold_all


def test_the_list_says_what_each_scope_changes(desk):
    article = make_article()
    set_discussion()
    set_discussion(article=article, hold_all=True, hold_words="a\nb", levels=3)

    page = desk.get(reverse("admin:comments_discussion_changelist")).text

    assert "nothing: all is as usual" in page
    assert "levels of replies: 3; hold every comment: yes" in page
    assert "hold comments with these words: 2 lines" in page


@pytest.mark.parametrize("scope", ["section", "article"])
def test_story_and_section_lead_to_their_discussion(desk, scope):
    article = make_article()
    thing = {"section": article.section, "article": article}[scope]
    change = reverse(f"admin:articles_{scope}_change", args=[thing.pk])
    link = reverse("admin:comments_discussion_of", args=[scope, thing.pk])

    page = desk.get(change).text
    new = desk.get(link)
    settings = set_discussion(**{scope: thing}, levels=3)
    existing = desk.get(link)

    assert f'href="{link}"' in page
    assert new.url.endswith(f"/add/?{scope}={thing.pk}")
    assert desk.get(new.url).status_code == 200
    assert existing.url == page_of(settings)


@pytest.mark.parametrize(
    "path", ["of/article/999999/", "of/comment/1/", f"of/article/{'9' * 30}/"]
)
def test_there_is_no_discussion_of_what_is_not_there(desk, path):
    response = desk.get(reverse("admin:comments_discussion_changelist") + path)

    assert response.status_code == 404


def test_a_storys_usual_values_are_those_of_its_section_and_the_site(desk):
    article = make_article()
    set_discussion(hold_all=True, levels=7)
    set_discussion(section=article.section, levels=3)
    link = reverse("admin:comments_discussion_of", args=["article", article.pk])

    new = desk.get(link, follow=True).text
    set_discussion(article=article)
    existing = desk.get(link, follow=True).text

    for page in (new, existing):
        assert 'placeholder="3"' in page
        assert "as usual: yes" in page


def test_a_story_that_is_no_number_gives_an_empty_form(desk):
    page = desk.get(reverse("admin:comments_discussion_add") + "?article=x&section=-1")

    assert page.status_code == 200


def test_settings_are_tried_and_not_saved(desk):
    article = make_article()
    settings = set_discussion(hold_unknown=False)
    comment = make_comment(article, state="pending", source="A casino!")
    moderation.decide([comment], Comment.State.SPAM, moderator=None)

    response = save(desk, settings, hold_words="casino", newest="5000", _try="1")

    assert response.status_code == 200
    assert "Let in now, held with the change: 1" in response.text
    assert "The text holds “casino”, a word to hold." in response.text
    assert reverse("admin:comments_comment_change", args=[comment.pk]) in response.text
    typed = fields_of(response, form_id="discussion_form")
    assert typed["hold_words"].strip() == "casino"
    assert typed["newest"] == "5000"
    settings.refresh_from_db()
    assert settings.hold_words == ""
    assert not Event.objects.about(settings).exists()

    saved = desk.post(page_of(settings), typed)

    assert saved.status_code == 302
    settings.refresh_from_db()
    assert settings.hold_words == "casino"


@pytest.mark.parametrize("newest", ["", "7", "x"])
def test_a_trial_of_an_odd_number_gives_the_form_back(desk, newest):
    settings = set_discussion()

    response = save(desk, settings, newest=newest, _try="1", levels="3")

    assert response.status_code == 200
    settings.refresh_from_db()
    assert settings.levels is None


def test_a_trial_of_new_settings_of_a_story_is_of_its_comments(desk):
    article, other = make_article(), make_article()
    for one in (article, other):
        comment = make_comment(one, state="pending")
        moderation.decide([comment], Comment.State.APPROVED, moderator=None)
    add = reverse("admin:comments_discussion_add") + f"?article={article.pk}"
    data = fields_of(desk.get(add), form_id="discussion_form")

    response = desk.post(add, data | {"article": article.pk, "_try": "1"})

    assert "Tried on the one comment" in response.text
    assert Discussion.objects.filter(article=article).count() == 0


def test_a_trial_without_decided_comments_says_so(desk):
    response = save(desk, set_discussion(), hold_all="true", _try="1")

    assert "nothing to try it on" in response.text


def test_who_may_not_see_the_settings_is_not_led_there(client):
    article = make_article()
    client.force_login(make_staff("Reporter"))

    page = client.get(reverse("admin:articles_article_change", args=[article.pk]))
    link = reverse("admin:comments_discussion_of", args=["article", article.pk])

    assert page.status_code in {200, 403}
    assert link not in page.text
    assert client.get(link).status_code == 403


@pytest.mark.parametrize("scope", ["section", "article"])
@pytest.mark.parametrize("value", ["x", "-1", "9" * 30, "99999", "\0"])
def test_a_scope_that_is_not_there_is_refused(desk, scope, value):
    add = reverse("admin:comments_discussion_add")

    response = desk.post(add, {scope: value, "levels": "3", "_try": "1"})

    assert response.status_code in {200, 400}
    assert Discussion.objects.count() == 1
