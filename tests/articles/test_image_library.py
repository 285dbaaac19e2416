"""The library as the desk sees it: licences, sizes, uses, search, the grid."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import pytest

from articles import library, publishing, renditions
from articles.models import Image, Rendition
from newsroom.models import Event, Publication
from tests.factories import (
    make_article,
    make_draft,
    make_image,
    make_staff,
    picture_file,
)

from .test_images import file_of

AUCKLAND = ZoneInfo("Pacific/Auckland")  # UTC+13 in summer
LIST = reverse("admin:articles_image_changelist")


@pytest.fixture(autouse=True)
def _editor(client):
    client.force_login(make_staff("Editor"))


def change_url(image):
    return reverse("admin:articles_image_change", args=[image.pk])


def listed(client, **narrowed):
    return [str(one) for one in client.get(LIST, narrowed).context["cl"].result_list]


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


# --- Licences -------------------------------------------------------------------


def test_readers_get_a_picture_until_the_last_day_of_its_licence(client, monkeypatch):
    Publication.objects.create(pk=1, time_zone="Pacific/Auckland")
    tomorrow = timezone.now().astimezone(AUCKLAND).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow + timedelta(days=1), time(), AUCKLAND)
    leading, in_body = (
        make_image(caption=caption, licence_expires_on=tomorrow)
        for caption in ("Leading", "In the body")
    )
    figure = (
        f'<figure data-image="{in_body.pk}"><figcaption>Below</figcaption></figure>'
    )
    story = make_article(lead_image=leading, body=f"<p>It hums.</p>{figure}")
    pages = ("/", story.get_absolute_url())

    monkeypatch.setattr(timezone, "now", lambda: midnight - timedelta(seconds=1))
    licensed = [client.get(page).text for page in pages]
    monkeypatch.setattr(timezone, "now", lambda: midnight)
    ended = [client.get(page).text for page in pages]

    assert all("/media/" in page for page in licensed)
    assert not any("/media/" in page for page in ended)
    assert all("Estuary bridge reopens" in page for page in ended)
    assert "Below" in licensed[1]
    assert "It hums." in ended[1]
    assert not any(word in ended[1] for word in ("Below", "Leading", "Ilse Brandreth"))


def test_a_licence_ends_at_midnight_in_the_publications_zone():
    image = make_image(licence_expires_on=date(2026, 1, 31))
    before = datetime(2026, 1, 31, 10, 59, tzinfo=UTC)
    after = datetime(2026, 1, 31, 11, 0, tzinfo=UTC)

    with timezone.override(AUCKLAND):
        assert image.is_licensed(before)
        assert image.rendered("whole", at=before)
        assert Image.objects.licensed(before).exists()
        assert not image.is_licensed(after)
        assert not image.rendered("whole", at=after)
        assert not Image.objects.licensed(after).exists()
        assert Image.objects.licence_ended(after).exists()


def test_the_desk_is_warned_of_licences_that_end(client):
    for name, days in [("Ended", -1), ("Last day", 0), ("Soon", 30), ("Later", 31)]:
        make_image(alt=name, licence_expires_on=in_days(days), rendered=False)
    make_image(alt="Never", rendered=False)

    page = client.get(LIST).text

    assert sorted(listed(client, licence_ends="soon")) == ["Last day", "Soon"]
    assert listed(client, licence_ends="ended") == ["Ended"]
    assert len(listed(client, licence_ends="some")) == 4
    ending = Image.objects.licence_ending(within=timedelta(days=7))
    assert [str(one) for one in ending] == ["Last day"]
    assert page.count('class="licence-ending"') == 2
    assert page.count('class="licence-ended"') == 1
    assert "readers do not get it" in page


def test_the_desk_still_sees_a_picture_whose_licence_has_ended(client):
    image = make_image(licence_expires_on=in_days(-1))

    page = client.get(LIST).text
    picture = client.get(reverse("admin:articles_image_picture", args=[image.pk]))

    assert f'src="{image.copies("1x1")[0].file.url}"' in page
    assert picture.status_code == 302


# --- Sizes ----------------------------------------------------------------------


def test_what_has_become_of_the_sizes_is_said(client):
    make_image(alt="Made")
    make_image(alt="Missing", rendered=False)
    make_image(alt="Waiting", rendered=False, sizes_state="waiting")
    make_image(
        alt="Failed", rendered=False, sizes_state="failed", sizes_fault="The disk died."
    )

    page = client.get(LIST).text

    assert "being made…" in page
    assert "failed: The disk died." in page
    assert listed(client, sizes_state__exact="failed") == ["Failed"]


def test_a_picture_that_cannot_be_drawn_says_why_and_breaks_no_page(client):
    image = make_image(rendered=False)
    image.file.storage.delete(image.file.name)
    image.file.storage.save(image.file.name, file_of(b"no picture"))
    story = make_article(lead_image=image)

    library.make_sizes([image])

    image = Image.objects.get()
    assert image.sizes_state == Image.Sizes.FAILED
    assert "could not be drawn (UnidentifiedImageError" in image.sizes_fault
    assert client.get(story.get_absolute_url()).status_code == 200
    assert image.sizes_fault[:30] in client.get(change_url(image)).text
    url = reverse("admin:articles_image_picture", args=[image.pk])
    assert client.get(url).status_code == 404


def test_an_original_that_is_gone_is_said_to_be(client):
    image = make_image(rendered=False)
    image.file.storage.delete(image.file.name)

    library.make_sizes([image])

    image = Image.objects.get()
    assert image.sizes_fault.startswith("The original is no longer in the storage.")
    assert client.get(change_url(image)).status_code == 200
    assert client.get(LIST).status_code == 200


def test_a_failure_leaves_readers_the_sizes_there_are(client):
    image = make_image()
    story = make_article(lead_image=image)
    image.file.storage.delete(image.file.name)

    library.make_sizes([image], again=True)

    image = Image.objects.get()
    shown = client.get(story.get_absolute_url()).text
    assert image.sizes_state == Image.Sizes.FAILED
    assert image.rendered("whole")[0].file.url in shown
    assert client.get(image.rendered("whole")[0].file.url).status_code == 200


def test_missing_sizes_are_made_with_a_button_or_for_many(client):
    one, other = make_image(), make_image()
    lost = one.rendered("whole")[0]
    lost.file.storage.delete(lost.file.name)
    other.renditions.filter(crop="16x9").delete()
    kept = set(other.renditions.values_list("pk", flat=True))

    client.post(reverse("admin:articles_image_sizes", args=[one.pk]))
    response = client.post(
        LIST, {"action": "make_missing_sizes", "_selected_action": [other.pk]}
    )

    said = client.get(response.url).text
    assert "What 1 picture lacks is being made." in said
    new = one.renditions.get(crop="whole", width=lost.width)
    assert new.pk != lost.pk
    assert new.file.storage.exists(new.file.name)
    assert other.renditions.filter(crop="16x9").count() == 3
    assert kept < set(other.renditions.values_list("pk", flat=True))


def test_a_picture_without_sizes_is_shown_small_and_its_sizes_are_made(client):
    image = make_image(file=picture_file(2000, 1000, "TIFF"), rendered=False)
    url = reverse("admin:articles_image_picture", args=[image.pk])

    first, second = client.get(url), client.get(url)

    assert first.headers["Content-Type"] == "image/jpeg"  # browsers show no TIFF
    assert len(first.content) < 10_000
    assert second.status_code == 302
    assert image.renditions.exists()


def test_a_button_for_sizes_is_no_link_and_not_for_all(client):
    image = make_image(rendered=False)
    url = reverse("admin:articles_image_sizes", args=[image.pk])

    assert client.get(url).status_code == 405
    client.force_login(make_staff("Moderator"))
    assert client.post(url).status_code == 403
    assert not image.renditions.exists()


def test_sizes_drawn_from_what_has_changed_meanwhile_are_thrown_away():
    image = make_image()
    sizes = list(image.renditions.values_list("pk", flat=True))
    as_it_was = Image.objects.get()
    Image.objects.update(focal_x=10)

    renditions.make_again(as_it_was)

    assert list(image.renditions.values_list("pk", flat=True)) == sizes
    files = {one.file.name for one in Rendition.objects.all()}
    folders, _none = image.renditions.first().file.storage.listdir("")
    stored = {
        f"{folder}/{name}"
        for folder in folders
        for name in image.renditions.first().file.storage.listdir(folder)[1]
    }
    assert files <= stored
    assert not Image.objects.filter(sizes_state="failed").exists()


def test_the_files_of_a_deleted_picture_go_with_it(
    client, django_capture_on_commit_callbacks
):
    image = make_image()
    public = image.rendered("whole")[0].file.url
    storage, original = image.file.storage, image.file.name
    assert client.get(public).status_code == 200

    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            reverse("admin:articles_image_delete", args=[image.pk]), {"post": "yes"}
        )

    assert client.get(public).status_code == 404
    assert not storage.exists(original)
    assert Event.objects.first().act == "delete image"


# --- Uses, search, the grid -----------------------------------------------------


def test_where_a_picture_is_used_is_said_with_what_readers_see(client):
    image = make_image()
    figure = f'<p>x</p><figure data-image="{image.pk}"></figure>'
    make_article(headline="Both", lead_image=image)
    dropped = make_article(headline="Dropped since", body=figure)
    dropped.body = "<p>x</p>"
    dropped.save()
    publishing.save_working_copy(dropped, editor=None)
    make_draft(headline="A draft", body=figure)
    coming = make_article(headline="To come")
    coming.lead_image = image
    coming.save()
    publishing.save_working_copy(coming, editor=None)
    publishing.schedule(coming, editor=None, at=timezone.now() + timedelta(hours=2))
    make_article(headline="Another")

    page = client.get(change_url(image)).text
    uses = page.partition('class="image-uses"')[2].partition("</ul>")[0]

    assert "Both</a>: readers see it, in the working copy<" in uses
    assert "Dropped since</a>: readers see it<" in uses
    assert "A draft</a>: in the working copy<" in uses
    assert "To come</a>: in the change to come, in the working copy<" in uses
    assert "Another" not in uses


def test_what_is_used_nowhere_is_found_by_a_filter(client):
    names = ("Leading", "In a body", "In a draft", "In an old revision", "Nowhere")
    images = {name: make_image(alt=name, rendered=False) for name in names}
    make_article(lead_image=images["Leading"])
    make_article(
        body=f'<p>x</p><figure data-image="{images["In a body"].pk}"></figure>'
    )
    make_draft(lead_image=images["In a draft"])
    draft = make_draft(lead_image=images["In an old revision"])
    draft.lead_image = None
    draft.save()
    publishing.save_working_copy(draft, editor=None)

    assert listed(client, used="no") == ["Nowhere", "In an old revision"]
    assert listed(client, used="yes") == ["In a draft", "In a body", "Leading"]


def test_a_picture_is_found_by_its_keywords_and_its_files_name(client):
    make_image(alt="Cables", keywords="bridge, riggers", original_name="DSC_0412.jpg")
    make_image(alt="A ferry", keywords="boats", original_name="ferry.png")

    assert listed(client, q="riggers") == ["Cables"]
    assert listed(client, q="dsc_0412") == ["Cables"]
    assert listed(client, q="ferry") == ["A ferry"]


def test_the_grid_keeps_what_the_list_is_narrowed_down_to(client):
    make_image(alt="Cables", credit="")
    make_image(alt="A ferry")

    grid = client.get(LIST, {"view": "grid", "lacks": "credit", "q": "cab"})

    assert grid.status_code == 200
    assert 'class="library-grid"' in grid.text
    assert "lacks a credit" in grid.text
    assert "A ferry" not in grid.text
    assert 'href="?lacks=credit&amp;q=cab"' in grid.text  # back to the list
    assert '<input type="hidden" name="view" value="grid">' in grid.text  # for a search


def test_an_act_on_many_works_in_the_grid(client):
    image = make_image(rendered=False)

    client.post(
        f"{LIST}?view=grid",
        {"action": "make_missing_sizes", "_selected_action": [image.pk]},
    )

    assert image.renditions.exists()


@pytest.mark.parametrize("view", ["", "grid"])
def test_the_list_asks_no_more_for_more_pictures(client, view):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(LIST, {"view": view}).status_code == 200
        return len(captured)

    make_image(licence_expires_on=in_days(3))
    make_article(lead_image=make_image())
    client.get(LIST)
    with_two = queries()
    for _number in range(6):
        make_article(lead_image=make_image())

    assert queries() == with_two < 15


def test_a_pictures_page_asks_no_more_for_more_uses(client):
    image = make_image()

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(change_url(image))
        return len(captured)

    make_article(lead_image=image)
    make_draft(lead_image=image)
    client.get(change_url(image))
    with_two = queries()
    for _number in range(5):
        make_article(lead_image=image)

    assert queries() == with_two < 25


def test_describing_asks_no_more_to_show_more_pictures(client):
    url = reverse("admin:articles_image_describe")

    def queries(images):
        ids = ",".join(str(image.pk) for image in images)
        with CaptureQueriesContext(connection) as captured:
            client.get(url, {"ids": ids})
        return len(captured)

    images = [make_image(rendered=False) for _number in range(8)]

    assert queries(images[:2]) == queries(images) < 14
