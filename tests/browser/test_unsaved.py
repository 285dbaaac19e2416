"""Nothing typed into a story is lost: not to a crash, a lost line or a lost session."""

from django.contrib.auth.hashers import make_password

from playwright.sync_api import expect

from articles.models import UnsavedCopy
from newsroom.models import User
from tests.factories import make_draft, make_staff

from .journeys import sign_in
from .test_editor import open_editor, save

OFFER = "You typed this and did not save it:"


def test_what_was_typed_survives_a_crash_and_is_offered_on_another_machine(
    new_page, editor
):
    draft = make_draft(headline="Bridge reopens", body="")
    crashed = new_page()
    sign_in(crashed)
    body = open_editor(crashed, draft)
    crashed.get_by_label("Headline").first.fill("Bridge opens early")
    body.click()
    body.press_sequentially("The first van crossed.")
    crashed.get_by_text("Add another Byline").click()
    crashed.locator("#id_bylines-1-guest").fill("A. Visitor")
    expect(crashed.get_by_text("a copy was kept at")).to_be_visible()
    crashed.close()  # and no page is asked whether it minds

    page = new_page()
    sign_in(page)
    page.goto(f"/admin/articles/article/{draft.pk}/change/")
    page.get_by_role("button", name="Restore it").click()
    expect(page.get_by_text("This is what you typed")).to_be_visible()
    restored = page.locator("#id_bylines-1-guest").input_value()
    expect(page.get_by_text(OFFER)).to_have_count(0)
    save(page)

    draft.refresh_from_db()
    assert draft.headline == "Bridge opens early"
    assert draft.body == "<p>The first van crossed.</p>"
    assert restored == draft.bylines.get().guest == "A. Visitor"
    expect(page.get_by_text(OFFER)).to_have_count(0)


def test_a_new_story_survives_a_crash(new_page, editor):
    page = new_page()
    sign_in(page)
    page.goto("/admin/articles/article/add/")
    page.get_by_label("Headline").first.fill("Never saved")
    expect(page.get_by_text("a copy was kept at")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto("/admin/articles/article/add/")

    expect(page.get_by_text(OFFER)).to_contain_text("Never saved")
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_text(OFFER)).to_have_count(0)
    page.reload()

    expect(page.get_by_label("Headline").first).to_have_value("")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text(OFFER)).to_have_count(0)


def test_without_a_connection_the_browser_keeps_what_is_typed(new_page, editor):
    draft = make_draft()
    page = new_page()
    sign_in(page)
    page.goto(f"/admin/articles/article/{draft.pk}/change/")
    page.wait_for_load_state("networkidle")

    page.route("**/unsaved/", lambda route: route.abort())
    page.get_by_label("Standfirst").fill("Typed in a tunnel.")
    expect(page.get_by_text("No connection: a copy is kept")).to_be_visible()
    unknown_to_the_server = not UnsavedCopy.objects.exists()
    page.once("dialog", lambda dialog: dialog.accept())
    page.unroute("**/unsaved/")
    page.reload()
    page.get_by_role("button", name="Restore it").click()

    expect(page.get_by_label("Standfirst")).to_have_value("Typed in a tunnel.")
    assert unknown_to_the_server
    new_page.complaints.clear()  # of the requests that the tunnel swallowed


def test_a_session_that_ends_in_mid_edit_costs_no_word(new_page, editor):
    draft = make_draft()
    page = new_page()
    sign_in(page)
    page.goto(f"/admin/articles/article/{draft.pk}/change/")
    page.wait_for_load_state("networkidle")

    # The password was changed elsewhere: every session of the account is over.
    User.objects.update(password=make_password("estuary-42"))
    page.get_by_label("Standfirst").fill("Typed while signed out.")
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again in a new tab").click()
    tab = opened.value
    tab.get_by_label("Username").fill("saskia")
    tab.get_by_label("Password").fill("estuary-42")
    tab.get_by_role("button", name="Log in").click()
    tab.wait_for_url("**/admin/")
    page.bring_to_front()
    page.get_by_label("Standfirst").fill("Typed while signed out, and in again.")
    expect(page.get_by_text("a copy was kept at")).to_be_visible()
    save(page)

    draft.refresh_from_db()
    assert draft.standfirst == "Typed while signed out, and in again."
    new_page.complaints.clear()  # of the token that the new session refused


def test_what_one_typed_is_not_kept_for_the_next_who_signs_in(new_page, editor):
    draft = make_draft()
    make_staff("Editor", username="ruben")
    page = new_page()
    sign_in(page)
    page.goto(f"/admin/articles/article/{draft.pk}/change/")
    page.wait_for_load_state("networkidle")

    page.context.clear_cookies(name="newsroom_session")
    tab = page.context.new_page()
    tab.goto("/admin/login/")
    tab.get_by_label("Username").fill("ruben")
    tab.get_by_label("Password").fill("x")
    tab.get_by_role("button", name="Log in").click()
    tab.wait_for_url("**/admin/")
    page.bring_to_front()
    page.get_by_label("Standfirst").fill("Typed by Saskia.")

    expect(page.get_by_text("Someone else is signed in here now.")).to_be_visible()
    assert not UnsavedCopy.objects.exists()
    new_page.complaints.clear()  # of the token that the other session refused


def test_save_and_preview_pressed_after_the_session_ended_cost_no_word(
    new_page, editor
):
    draft = make_draft(headline="Bridge reopens")
    page = new_page()
    page.on("dialog", lambda dialog: dialog.accept())  # leave, unsaved
    sign_in(page)
    page.goto(f"/admin/articles/article/{draft.pk}/change/")
    page.wait_for_load_state("networkidle")

    page.context.clear_cookies(name="newsroom_session")
    page.get_by_label("Standfirst").fill("Typed while signed out.")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Preview").first.click()
    sign_in_here(opened.value)
    expect(opened.value.get_by_text("press “Preview” once more")).to_be_visible()
    opened.value.close()
    page.reload()
    page.get_by_role("button", name="Restore it").click()
    page.context.clear_cookies(name="newsroom_session")
    page.get_by_role("button", name="Save and continue editing").first.click()
    sign_in_here(page)
    page.get_by_role("button", name="Restore it").click()
    expect(page.get_by_label("Standfirst")).to_have_value("Typed while signed out.")
    save(page)

    draft.refresh_from_db()
    assert draft.standfirst == "Typed while signed out."
    new_page.complaints.clear()  # of the token that the new session refused


def sign_in_here(page):
    page.get_by_label("Username").fill("saskia")
    page.get_by_label("Password").fill("estuary-42")
    page.get_by_role("button", name="Log in").click()


def test_two_in_one_story_see_each_other(new_page, editor):
    User.objects.create_superuser("ruben", password="estuary-42", first_name="Ruben")
    draft = make_draft()
    first, second = new_page(), new_page()
    sign_in(first)
    sign_in(second, name="ruben")
    address = f"/admin/articles/article/{draft.pk}/change/"

    first.goto(address)
    first.wait_for_load_state("networkidle")
    second.goto(address)
    expect(second.get_by_text("saskia has this open.")).to_be_visible()
    first.get_by_label("Standfirst").fill("Something new.")
    expect(first.get_by_text("Ruben has this open.")).to_be_visible()
    second.goto("/admin/")
    first.get_by_label("Standfirst").fill("Something newer.")

    expect(first.get_by_text("Ruben has this open.")).to_be_hidden()


def test_what_is_sent_to_be_kept_is_little_more_than_the_body(new_page, editor):
    body = "".join(
        f"<p>“Tide {n},” she said: été, über, <em>so</em>.</p>" for n in range(300)
    )
    draft = make_draft(body=body)
    page = new_page()
    sent = []
    page.on(
        "request", lambda request: sent.append(len(request.post_data_buffer or b""))
    )
    sign_in(page)
    editing = open_editor(page, draft)
    sent.clear()

    editing.press("Control+End")
    editing.press_sequentially("The end.")
    expect(page.get_by_text("a copy was kept at")).to_be_visible()

    size = len(body.encode())
    assert size < max(sent) < 1.5 * size
