"""The pages of discussion boards: who gets in, what each act does, and what is said where it is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chapters.data import Audience, ChapterState
from discussion_ext.api import boards
from discussion_ext.data import ContributionState, TopicKind, TopicState
from discussion_ext.models import BoardReader, Contribution, Report, Topic, TopicReader

from .board_town import Town, picture_file


@pytest.fixture
def town(db: None, settings: Any, tmp_path: Any, django_capture_on_commit_callbacks: Any) -> Town:
    """Return a chapter with people."""
    settings.MEDIA_ROOT = str(tmp_path)

    @contextmanager
    def committed() -> Iterator[None]:
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return Town(committed)


def text_of(response: Any) -> str:
    """Return a page's words with single blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# -- lists -------------------------------------------------------------------------------------------------------------


def test_first_topic_is_asked_for(town: Town) -> None:
    page = town.get(town.member, "board", Audience.EVERYONE)
    assert page.status_code == 200
    assert "The first one sets the tone" in text_of(page)
    assert "Start the first topic" in text_of(page)


def test_board_shows_topics_with_what_is_new(town: Town) -> None:
    topic_id = town.start(town.member, title="Who keeps the keys?")
    town.answer(topic_id, town.alumna)
    page = text_of(town.get(town.learner, "board", Audience.EVERYONE))
    assert "Who keeps the keys?" in page
    assert "Problem New" in page
    assert "Daniel Oduor · 1 reply" in page
    own = text_of(town.get(town.alumna, "board", Audience.EVERYONE))
    assert "Problem New" not in own, "their own answer is the last"


def test_kinds_views_and_archive_filter(town: Town) -> None:
    light = town.start(town.member, kind=TopicKind.LIGHT, title="Done your talk today?")
    town.start(town.member, title="Stuck with my rota")
    boards.follow(topic_id=light, user_id=town.learner, is_on=True)

    def titles(**query: str) -> str:
        return text_of(town.get(town.learner, "board", Audience.EVERYONE, **query))

    assert "Stuck with my rota" not in titles(kind="light")
    assert "Done your talk today?" in titles(kind="light")
    assert "No topic of this kind yet" in titles(kind="experience")
    assert "Stuck with my rota" not in titles(view="followed")
    assert "The archive is empty" in titles(view="archive")
    with town.committed():
        boards.set_topic_state(topic_id=light, actor_id=town.lead, state=TopicState.ARCHIVED)
    assert "Done your talk today?" in titles(view="archive")
    assert "Done your talk today?" not in titles()
    assert "Stuck with my rota" in titles(kind="<script>", view="' OR 1=1")


def test_pinned_topic_comes_first(town: Town) -> None:
    first = town.start(town.member, title="Read this first")
    town.start(town.learner, title="Written later")
    town.post(town.moderator, "topic_pin", first, pin="on")
    page = text_of(town.get(town.member, "board", Audience.EVERYONE))
    assert page.index("Read this first") < page.index("Written later")
    assert "At the top" in page


def test_long_list_has_pages(town: Town, settings: Any) -> None:
    settings.DISCUSSION_EXT_TOPICS_ON_PAGE = 2
    for number in range(3):
        town.start(town.member, title=f"Topic {number}")
    page = town.get(town.learner, "board", Audience.EVERYONE, view="new")
    assert "Topic 0" not in text_of(page)
    earlier = re.search(r'href="([^"]+)" rel="next"', page.content.decode())
    assert earlier
    second = town.client(town.learner).get(earlier[1].replace("&amp;", "&"))
    assert "Topic 0" in text_of(second)
    assert "Topic 2" not in text_of(second)


def test_closed_board_says_why_in_its_place(town: Town) -> None:
    town.start(town.alumna, Audience.ALUMNI, title="How I asked for a raise")
    page = town.get(town.learner, "board", Audience.ALUMNI)
    assert page.status_code == 403
    assert "for members who completed one" in text_of(page)
    assert "How I asked for a raise" not in text_of(page)
    assert 'aria-current="page"' in page.content.decode()


def test_board_that_the_chapter_does_not_have_is_not_found(town: Town) -> None:
    other = town.make_chapter("Online chapter")
    from chapters.models import ChapterRule

    ChapterRule.objects.filter(chapter_id=other.id, audience=Audience.ALUMNI).delete()
    url = reverse("chapters:board", args=[other.slug, Audience.ALUMNI])
    user_id = town.join("Nina New", chapter=other)
    assert town.client(user_id).get(url).status_code == 404


def test_marking_a_board_as_read(town: Town) -> None:
    town.start(town.member)
    assert "Mark all as read" in text_of(town.get(town.learner, "board", Audience.EVERYONE))
    answer = town.post(town.learner, "board_read", Audience.EVERYONE)
    assert answer.status_code == 302
    page = text_of(town.get(town.learner, "board", Audience.EVERYONE))
    assert "Mark all as read" not in page
    assert "Problem New" not in page


def test_search_finds_words_of_open_boards_only(town: Town) -> None:
    town.start(town.alumna, Audience.ALUMNI, title="Umbrella for alumni")
    town.start(town.member, title="Umbrella for everyone")
    found = text_of(town.get(town.learner, "board_search", q="umbrella"))
    assert "Umbrella for everyone" in found
    assert "Umbrella for alumni" not in found
    assert "Umbrella for alumni" in text_of(town.get(town.alumna, "board_search", q="umbrella"))
    assert "Nothing with “unicorn”" in text_of(town.get(town.learner, "board_search", q="unicorn"))


# -- beginning ---------------------------------------------------------------------------------------------------------

DRAFT = {"kind": "problem", "title": "What did you try?", "body": "It is **urgent**.", "board": "everyone"}


def test_topic_is_begun_with_pictures(town: Town) -> None:
    fields = {**DRAFT, "file_1": picture_file(), "alt_1": "A flip chart with five openings"}
    answer = town.post(town.member, "new_topic", **fields)
    assert answer.status_code == 302, text_of(answer)
    page = town.client(town.member).get(answer.url)
    shown = page.content.decode()
    assert "Your topic is there" in shown
    assert "<strong>urgent</strong>" in shown
    assert 'alt="A flip chart with five openings"' in shown


def test_refused_topic_keeps_what_was_typed_and_uploaded(town: Town) -> None:
    fields = {**DRAFT, "title": "x" * 10_000, "file_1": picture_file(), "alt_1": "A flip chart"}
    page = town.post(town.member, "new_topic", **fields)
    shown = page.content.decode()
    assert page.status_code == 422
    assert "It is **urgent**." in shown
    assert "x" * 10_000 in shown
    kept = re.search(r'name="picture"\s+value="(\w+)"', shown)
    assert kept, "the picture is not asked for again"
    assert Topic.objects.count() == 0
    again = town.post(town.member, "new_topic", **DRAFT, picture=kept[1], picture_alt="A flip chart")
    assert again.status_code == 302
    assert Contribution.objects.get().pictures.count() == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": ""}, "Choose what kind of topic it is"),
        ({"kind": "rumour"}, "rumour"),
        ({"title": " "}, "Write a title"),
        ({"body": ""}, "Write a few lines"),
        ({"body": "x" * 10_001}, "At most 10000 fit"),
        ({"closes_on": "2020-01-01"}, "This day is over"),
        ({"closes_on": "2999-01-01"}, "within a year"),
        ({"closes_on": "tomorrow"}, "Write the day as"),
    ],
)
def test_wrong_fields_are_named(town: Town, changes: dict[str, str], says: str) -> None:
    page = town.post(town.member, "new_topic", **{**DRAFT, **changes})
    assert page.status_code == 422
    assert says in text_of(page)
    assert 'role="alert"' in page.content.decode()
    assert not Topic.objects.exists()


def test_preview_begins_nothing(town: Town) -> None:
    page = town.post(town.member, "new_topic", **DRAFT, act="preview")
    assert page.status_code == 200
    assert "<strong>urgent</strong>" in page.content.decode()
    assert not Topic.objects.exists()


def test_preview_for_the_script(town: Town) -> None:
    answer = town.post(town.member, "board_preview", Audience.EVERYONE, body="_so_ <script>alert(1)</script>")
    assert answer.json()["html"].startswith("<p><em>so</em>")
    assert "<script" not in answer.json()["html"]
    assert town.post(town.learner, "board_preview", Audience.ALUMNI, body="x").status_code == 403


def test_topic_closes_at_the_end_of_its_day_on_the_chapters_clock(town: Town) -> None:
    from datetime import datetime, timedelta

    day = (datetime.now(town.chapter.zone) + timedelta(days=3)).date()
    town.post(town.member, "new_topic", **DRAFT, closes_on=day.isoformat())
    closes_at = Topic.objects.get().closes_at
    assert closes_at is not None
    assert closes_at.astimezone(town.chapter.zone).strftime("%Y-%m-%d %H:%M") == f"{day.isoformat()} 23:59"
    assert "Nairobi time" in text_of(town.get(town.member, "topic", Topic.objects.get().pk))


def test_organizer_is_told_of_the_cadence_and_may_insist(town: Town) -> None:
    town.start(town.lead)
    assert "One a day is what people follow" in text_of(town.get(town.lead, "new_topic"))
    refused = town.post(town.lead, "new_topic", **DRAFT)
    assert refused.status_code == 409
    assert "It is **urgent**." in refused.content.decode()
    assert town.post(town.lead, "new_topic", **DRAFT, insists="on").status_code == 302
    assert Topic.objects.count() == 2


def test_cadence_is_for_each_board_and_for_organizers(town: Town) -> None:
    town.start(town.lead)
    assert town.post(town.lead, "new_topic", **{**DRAFT, "board": "alumni"}).status_code == 302
    town.start(town.member)
    assert town.post(town.member, "new_topic", **DRAFT).status_code == 302


def test_script_is_told_where_to_go(town: Town) -> None:
    with town.committed():
        answer = town.client(town.member).post(town.url("new_topic"), DRAFT, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 204
    assert answer.headers["Location"] == town.url("topic", Topic.objects.get().pk) + "?done=started"


# -- reading and answering ---------------------------------------------------------------------------------------------


def test_topic_shows_responses_with_their_comments_and_organizers(town: Town) -> None:
    topic_id = town.start(town.member)
    response = town.answer(topic_id, town.lead, "Ask for the worst idea first.")
    town.answer(topic_id, town.alumna, "Second thought.")
    town.answer(topic_id, town.learner, "And wait nine seconds.", parent_id=response)
    page = text_of(town.get(town.member, "topic", topic_id))
    assert page.index("worst idea") < page.index("nine seconds") < page.index("Second thought")
    assert "Wanjiru Kamau Organizer" in page
    assert "Daniel Oduor Organizer" not in page


def test_answer_and_comment(town: Town) -> None:
    topic_id = town.start(town.member)
    answer = town.post(town.learner, "topic_reply", topic_id, body="Let the youngest begin.")
    response = Contribution.objects.get(body="Let the youngest begin.")
    assert answer.url.endswith(f"?post={response.pk}&done=replied#post-{response.pk}")
    town.post(town.alumna, "topic_reply", topic_id, body="That worked for us.", parent=response.pk)
    assert Contribution.objects.get(body="That worked for us.").parent_id == response.pk


def test_refused_answer_stays_where_it_was_written(town: Town) -> None:
    topic_id = town.start(town.member)
    response = town.answer(topic_id, town.learner)
    page = town.post(town.alumna, "topic_reply", topic_id, body="y" * 10_001, parent=response)
    shown = page.content.decode()
    assert page.status_code == 422
    before, _composer, after = shown.partition(f'id="compose-{response}"')
    assert "y" * 10_001 in after
    assert "y" * 10_001 not in before
    assert Contribution.objects.count() == 2


def test_answer_to_a_post_of_another_topic_is_refused(town: Town) -> None:
    here, there = town.start(town.member), town.start(town.member)
    elsewhere = town.answer(there, town.learner)
    assert town.post(town.alumna, "topic_reply", here, body="Lost", parent=elsewhere).status_code == 404


def test_closed_topic_takes_no_answer(town: Town) -> None:
    topic_id = town.start(town.member)
    town.post(town.moderator, "topic_state", topic_id, state="closed")
    assert "Edit" not in text_of(town.get(town.member, "topic", topic_id))
    page = text_of(town.get(town.learner, "topic", topic_id))
    assert "This topic is closed" in page
    assert "Post answer" not in page
    assert town.post(town.learner, "topic_reply", topic_id, body="Late").status_code == 409
    town.post(town.moderator, "topic_state", topic_id, state="open")
    assert town.post(town.learner, "topic_reply", topic_id, body="In time").status_code == 302


def test_post_leads_to_its_page(town: Town) -> None:
    topic_id = town.start(town.member)
    posts = [town.answer(topic_id, town.learner, f"Answer number {number}.") for number in range(40)]
    answer = town.get(town.member, "post", posts[-1])
    assert answer.status_code == 302
    page = text_of(town.client(town.member).get(answer.url))
    assert "Answer number 39." in page
    assert "Show from the first reply" in page
    first = text_of(town.get(town.member, "topic", topic_id))
    assert "Answer number 0." in first
    assert "Answer number 39." not in first


def test_following(town: Town) -> None:
    topic_id = town.start(town.member)
    town.post(town.learner, "topic_follow", topic_id, follow="on")
    assert "Stop following" in text_of(town.get(town.learner, "topic", topic_id))
    town.post(town.learner, "topic_follow", topic_id, follow="off")
    assert "Follow this topic" in text_of(town.get(town.learner, "topic", topic_id))


def test_seen_is_said_by_a_post(town: Town) -> None:
    topic_id = town.start(town.member)
    assert "data-seen-url" in town.get(town.learner, "topic", topic_id).content.decode()
    town.post(town.learner, "topic_seen", topic_id)
    assert "data-seen-url" not in town.get(town.learner, "topic", topic_id).content.decode()


def test_helpful(town: Town) -> None:
    topic_id = town.start(town.member)
    post_id = town.first_post(topic_id)
    town.post(town.learner, "post_helpful", post_id, helpful="on")
    page = town.get(town.learner, "topic", topic_id).content.decode()
    assert re.search(r'aria-pressed="true"', page)
    with town.committed():
        answer = town.client(town.alumna).post(
            town.url("post_helpful", post_id), {"helpful": "on"}, headers={"X-Requested-With": "fetch"}
        )
    assert answer.json() == {"helpful": 2, "is_helpful": True}
    own = town.post(town.member, "post_helpful", post_id, helpful="on")
    assert own.status_code == 403
    assert "Others decide whether your post helped them" in text_of(own)


def test_author_edits_and_withdraws(town: Town) -> None:
    topic_id = town.start(town.member, title="Before", body="Before")
    post_id = town.first_post(topic_id)
    assert "Before" in town.get(town.member, "post_edit", post_id).content.decode()
    answer = town.post(town.member, "post_edit", post_id, title="After", body="Better **words**")
    assert answer.status_code == 302
    page = town.client(town.learner).get(answer.url).content.decode()
    assert "Better <strong>words</strong>" in page
    assert "edited" in page
    withdrawn = town.post(town.member, "post_withdraw", post_id)
    assert "Your topic is withdrawn" in text_of(town.client(town.member).get(withdrawn.url))
    assert Contribution.objects.get(pk=post_id).state == ContributionState.WITHDRAWN
    assert town.get(town.learner, "topic", topic_id).status_code == 404


def test_edit_keeps_adds_and_drops_pictures(town: Town) -> None:
    uid = town.upload(town.member)
    topic_id = town.start(town.member, picture_uids=(uid,))
    post_id = town.first_post(topic_id)
    words = {"title": "Pictures", "body": "Two of them"}
    town.post(
        town.member, "post_edit", post_id, **words, picture=uid, picture_alt="A", file_1=picture_file(), alt_1="New"
    )
    post = Contribution.objects.get(pk=post_id)
    assert sorted(post.pictures.values_list("alt", flat=True)) == ["A flip chart", "New"]
    town.post(town.member, "post_edit", post_id, **words, picture=uid, picture_alt="A", drop_picture=uid)
    assert not post.pictures.exists()


def test_withdrawn_answer_leaves_the_topic(town: Town) -> None:
    topic_id = town.start(town.member)
    post_id = town.answer(topic_id, town.learner, "Said too fast.")
    withdrawn = town.post(town.learner, "post_withdraw", post_id)
    page = text_of(town.client(town.learner).get(withdrawn.url))
    assert "Your post is withdrawn" in page
    assert "Said too fast." not in page


def test_nobody_changes_what_somebody_else_wrote(town: Town) -> None:
    topic_id = town.start(town.member)
    post_id = town.first_post(topic_id)
    for user_id in (town.learner, town.lead, town.manager):
        assert town.get(user_id, "post_edit", post_id).status_code == 404
        assert town.post(user_id, "post_edit", post_id, title="Mine", body="Mine").status_code == 404
        assert town.post(user_id, "post_withdraw", post_id).status_code == 403
    assert Contribution.objects.get(pk=post_id).state == ContributionState.LIVE


# -- reports -----------------------------------------------------------------------------------------------------------


def test_report_waits_for_who_looks_after_the_board(town: Town) -> None:
    topic_id = town.start(town.member)
    post_id = town.answer(topic_id, town.alumna, "Buy my course now.")
    town.post(town.learner, "post_report", post_id, reason="Selling")
    assert town.get(town.learner, "board_reports").status_code == 403
    queue = text_of(town.get(town.moderator, "board_reports"))
    assert "Buy my course now." in queue
    assert "Selling" in queue
    assert "Lena Learner" not in queue, "who reported is not told"
    assert "1 report" in text_of(town.get(town.moderator, "topic", topic_id))
    assert "1 report" not in text_of(town.get(town.member, "topic", topic_id))


def test_removal_needs_a_reason_which_its_author_reads(town: Town) -> None:
    topic_id = town.start(town.member)
    post_id = town.answer(topic_id, town.alumna, "Buy my course now.")
    town.post(town.learner, "post_report", post_id, reason="Selling")
    refused = town.post(town.moderator, "post_settle", post_id, decision="remove", reason=" ")
    assert refused.status_code == 400
    assert "Say why" in text_of(refused)
    in_queue = town.post(town.moderator, "post_settle", post_id, decision="remove", reason=" ", **{"from": "queue"})
    assert in_queue.status_code == 400
    assert "Say why" in text_of(in_queue)
    assert "Keep the post" in text_of(in_queue)
    answer = town.post(
        town.moderator, "post_settle", post_id, decision="remove", reason="We do not sell here", **{"from": "queue"}
    )
    assert answer.url == town.url("board_reports") + "?done=removed"
    assert "We do not sell here" in text_of(town.get(town.alumna, "topic", topic_id))
    assert "Buy my course now." not in text_of(town.get(town.member, "topic", topic_id))
    assert "Nothing is reported" in text_of(town.get(town.moderator, "board_reports"))
    town.post(town.moderator, "post_restore", post_id)
    restored = Contribution.objects.filter(body="Buy my course now.", state=ContributionState.LIVE)
    assert restored.count() == 1


def test_kept_post_settles_its_reports(town: Town) -> None:
    post_id = town.answer(town.start(town.member), town.alumna)
    town.post(town.learner, "post_report", post_id, reason="I disagree")
    town.post(town.lead, "post_settle", post_id, decision="keep")
    assert Report.objects.get().state == Report.DISMISSED
    assert Contribution.objects.get(pk=post_id).state == ContributionState.LIVE


def test_organizers_of_another_chapter_look_after_nothing_here(town: Town) -> None:
    from . import factories

    other = town.make_chapter("Online chapter")
    stranger = factories.make_organizer(other)
    topic_id = town.start(town.member)
    post_id = town.first_post(topic_id)
    there = reverse("chapters:post_remove", args=[other.slug, post_id])
    assert town.client(stranger).post(there, {"reason": "x"}).status_code == 404, "not by their own chapter's address"
    assert town.post(stranger, "post_remove", post_id, reason="x").status_code == 403
    assert town.post(stranger, "topic_pin", topic_id, pin="on").status_code == 403
    assert town.get(stranger, "board_reports").status_code == 403


# -- an archived chapter -----------------------------------------------------------------------------------------------


def test_archived_chapter_is_read_only_and_says_so(town: Town) -> None:
    topic_id = town.start(town.member)
    post_id = town.first_post(topic_id)
    town.move(ChapterState.ARCHIVED)
    board = text_of(town.get(town.learner, "board", Audience.EVERYONE))
    assert "This chapter is archived" in board
    assert "Start a topic" not in board
    page = text_of(town.get(town.learner, "topic", topic_id))
    assert "This chapter is archived" in page
    assert "Post answer" not in page
    assert town.get(town.learner, "new_topic").status_code == 403
    assert town.post(town.learner, "new_topic", **DRAFT).status_code == 403
    assert town.post(town.learner, "topic_reply", topic_id, body="Late").status_code == 403
    assert town.post(town.learner, "post_helpful", post_id, helpful="on").status_code == 403
    assert town.post(town.member, "post_edit", post_id, title="New", body="New").status_code == 403
    assert town.post(town.learner, "post_report", post_id, reason="It is about me").status_code == 302


# -- nothing changes by looking ----------------------------------------------------------------------------------------


def test_looking_changes_nothing(town: Town) -> None:
    topic_id = town.start(town.member)
    post_id = town.answer(topic_id, town.alumna)
    before = _rows()
    pages = [
        ("boards",), ("board", Audience.EVERYONE), ("board_search",), ("board_reports",), ("new_topic",),
        ("topic", topic_id), ("post", post_id), ("post_edit", post_id),
    ]  # fmt: skip
    writes = []
    for user_id in (town.alumna, town.lead, town.outsider):
        for name, *args in pages:
            with CaptureQueriesContext(connection) as queries:
                town.get(user_id, name, *args, q="write", done="seen", follow="on")
            writes += [each["sql"] for each in queries if _writes(each["sql"])]
    assert not writes
    assert _rows() == before


ACTS = {
    "board_read": "audience", "board_preview": "audience", "board_upload": "audience", "topic_reply": "topic",
    "topic_seen": "topic", "topic_follow": "topic", "topic_pin": "topic", "topic_state": "topic",
    "post_withdraw": "post", "post_helpful": "post", "post_report": "post", "post_remove": "post",
    "post_restore": "post", "post_settle": "post",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ACTS))
def test_acts_are_posts_with_a_token(town: Town, name: str) -> None:
    from django.contrib.auth.models import User
    from django.test import Client

    topic_id = town.start(town.member)
    places = {"audience": Audience.EVERYONE, "topic": topic_id, "post": town.first_post(topic_id)}
    url = town.url(name, places[ACTS[name]])
    assert town.client(town.member).get(url).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(pk=town.lead))
    assert strict.post(url, {"reason": "x"}).status_code == 403
    assert Topic.objects.get().pinned_at is None


def _rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Contribution, Topic, TopicReader, BoardReader, Report))


def _writes(sql: str) -> bool:
    """Tell whether a statement changes something of the suite; the test's own sessions are not."""
    return sql.startswith(("INSERT", "UPDATE", "DELETE")) and not re.search(r'"django_session"|"auth_user"', sql)


# -- cost --------------------------------------------------------------------------------------------------------------


def test_number_of_queries_does_not_grow(town: Town) -> None:
    topic_id = town.start(town.member)
    boards.report_post(post_id=town.answer(topic_id, town.alumna), user_id=town.learner, reason="x")
    few = _count(town, topic_id)
    for number in range(10):
        user_id = town.join(f"Person {number}")
        town.start(user_id, title=f"From {number}")
        response = town.answer(topic_id, user_id)
        town.answer(topic_id, town.learner, parent_id=response)
        boards.report_post(post_id=response, user_id=town.learner, reason="x")
    many = _count(town, topic_id)
    assert many == few
    assert max(many.values()) <= 45


def _count(town: Town, topic_id: int) -> dict[str, int]:
    counts = {}
    for name, args in {
        "board": [Audience.EVERYONE],
        "topic": [topic_id],
        "board_search": [],
        "board_reports": [],
    }.items():
        client = town.client(town.lead)
        url = town.url(name, *args)
        client.get(url, {"q": "write"})
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url, {"q": "write"}).status_code == 200
        counts[name] = len(queries)
    return counts
