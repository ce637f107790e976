"""What the gateway of discussions promises about the forum, asked of the service that runs."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from discussion_ext import edx_platform

pytestmark = [pytest.mark.contract, pytest.mark.django_db, pytest.mark.only_lms]

covers = pytest.mark.covers
TOPIC = "introductions"


@pytest.fixture
def held_course_id(settings: Any) -> str:
    """Return the key under which held posts are stored."""
    return settings.DISCUSSION_EXT_HELD_COURSE_KEY


@pytest.fixture
def talk(place: Any) -> SimpleNamespace:
    """Return the keys of a thread, a response and a comment on it, posted without the LMS around the forum."""
    course_id = place.course_id
    thread = edx_platform.create_thread(
        course_id=course_id,
        topic_id=TOPIC,
        author_id=place.learner.id,
        title="Hello",
        body="I am here ✎",
        is_held=False,
    )
    response = edx_platform.create_comment(
        parent_key=thread, course_id=course_id, author_id=place.classmate.id, body="Welcome"
    )
    comment = edx_platform.create_comment(
        parent_key=response, course_id=course_id, author_id=place.learner.id, body="Thank you"
    )
    return SimpleNamespace(thread=thread, response=response, comment=comment, all=[thread, response, comment])


@covers("create_thread", "create_comment", "find_post", "read_post")
def test_posts_are_read_as_they_were_written(place: Any, talk: Any) -> None:
    thread, response, comment = (edx_platform.find_post(key) for key in talk.all)
    assert (thread.key, thread.parent_key, thread.thread_key) == (talk.thread, None, talk.thread)
    assert (thread.title, thread.body, thread.author_id) == ("Hello", "I am here ✎", place.learner.id)
    assert (thread.course_id, thread.topic_id) == (place.course_id, TOPIC)
    assert not thread.is_question
    assert not thread.is_anonymous
    assert not thread.is_retired
    assert (response.parent_key, response.thread_key, response.author_id) == (
        talk.thread,
        talk.thread,
        place.classmate.id,
    )
    assert (comment.parent_key, comment.thread_key, comment.body) == (talk.response, talk.thread, "Thank you")
    assert abs(thread.created_at - timezone.now()) < timedelta(minutes=5)
    assert edx_platform.find_post("comment:2000000000") is None


@covers("create_thread", "create_comment")
def test_held_and_anonymous_posts(place: Any, held_course_id: str) -> None:
    thread = edx_platform.create_thread(
        course_id=held_course_id,
        topic_id="case-1",
        author_id=place.learner.id,
        title="My position",
        body="Because",
        is_held=True,
        is_anonymous=True,
        group_id=7,
    )
    answer = edx_platform.create_comment(
        parent_key=thread, course_id=held_course_id, author_id=place.classmate.id, body="But", is_anonymous=True
    )
    found = edx_platform.find_post(thread)
    assert (found.course_id, found.is_anonymous, found.group_id) == (held_course_id, True, 7)
    assert edx_platform.find_post(answer).is_anonymous


@covers("list_missing_tables")
def test_the_forum_has_its_tables() -> None:
    assert edx_platform.list_missing_tables() == []


@covers("existing_keys")
def test_keys_that_exist(talk: Any) -> None:
    gone = ["thread:2000000000", "comment:2000000000"]
    assert edx_platform.existing_keys([*talk.all, *gone]) == set(talk.all)


@covers("list_posts", "list_course_posts", "find_next_forum_course")
def test_walking_through_the_forum(place: Any, talk: Any) -> None:
    since = timezone.now() - timedelta(minutes=5)
    (first, thread), *_ = edx_platform.list_course_posts(
        "thread", course_id=place.course_id, after=0, since=since, limit=10
    )
    assert thread.key == talk.thread
    comments = edx_platform.list_course_posts("comment", course_id=place.course_id, after=0, since=None, limit=10)
    assert [post.key for _, post in comments] == [talk.response, talk.comment]
    assert edx_platform.list_course_posts("thread", course_id=place.course_id, after=first, since=None, limit=10) == []
    assert talk.thread in {
        post.key for _, post in edx_platform.list_posts("thread", after=first - 1, since=since, limit=10)
    }
    assert edx_platform.find_next_forum_course(place.course_id[:-1]) == place.course_id
    assert edx_platform.find_next_forum_course(place.course_id) != place.course_id


@covers("update_post")
def test_an_edit_keeps_the_former_words(place: Any, talk: Any) -> None:
    from forum.models import EditHistory

    for key in (talk.thread, talk.response):
        edx_platform.update_post(key, course_id=place.course_id, editor_id=place.teacher.id, body="Better said")
        assert edx_platform.find_post(key).body == "Better said"
    assert EditHistory.objects.filter(editor_id=place.teacher.id).count() == 2
    edx_platform.update_post(
        talk.thread, course_id=place.course_id, editor_id=place.teacher.id, body="Better said", title="Named anew"
    )
    assert edx_platform.find_post(talk.thread).title == "Named anew"


@covers("delete_post")
def test_a_post_goes_with_what_is_beneath_it(place: Any, talk: Any) -> None:
    edx_platform.delete_post(talk.response, course_id=place.course_id)
    assert edx_platform.existing_keys(talk.all) == {talk.thread}
    edx_platform.delete_post(talk.thread, course_id=place.course_id)
    assert edx_platform.existing_keys(talk.all) == set()


@covers("set_vote", "has_vote", "list_voters", "list_votes_for")
def test_votes(place: Any, talk: Any) -> None:
    for key in (talk.thread, talk.response):
        vote = {"course_id": place.course_id, "user_id": place.classmate.id}
        edx_platform.set_vote(key, is_up=True, **vote)
        assert edx_platform.has_vote(key, user_id=place.classmate.id)
        assert not edx_platform.has_vote(key, user_id=place.learner.id)
        assert list(edx_platform.list_voters(key)) == [place.classmate.id]
        assert edx_platform.list_votes_for([key]) == [(key, place.classmate.id)]
        edx_platform.set_vote(key, is_up=False, **vote)
        assert not edx_platform.has_vote(key, user_id=place.classmate.id)
        assert edx_platform.list_votes_for([key]) == []


@covers("flag_post", "unflag_post", "has_flag", "list_flaggers", "list_flags_on")
def test_reports(place: Any, talk: Any) -> None:
    for key in (talk.thread, talk.comment):
        for user in (place.classmate, place.teacher):
            edx_platform.flag_post(key, course_id=place.course_id, user_id=user.id)
        assert edx_platform.has_flag(key, user_id=place.teacher.id)
        assert not edx_platform.has_flag(key, user_id=place.learner.id)
        assert set(edx_platform.list_flaggers(key)) == {place.classmate.id, place.teacher.id}
        assert set(edx_platform.list_flags_on([key])) == {(key, place.classmate.id), (key, place.teacher.id)}
        edx_platform.unflag_post(key, course_id=place.course_id, user_id=place.teacher.id)
        assert list(edx_platform.list_flaggers(key)) == []


@covers("post_key", "target_key", "pk_of", "is_thread")
def test_keys_of_rows(place: Any, talk: Any) -> None:
    from forum.models import AbuseFlagger, Comment, CommentThread, UserVote

    from discussion_ext.edx_platform import forum_keys

    thread = CommentThread.objects.get(pk=forum_keys.pk_of(talk.thread))
    comment = Comment.objects.get(pk=forum_keys.pk_of(talk.comment))
    assert [edx_platform.post_key(post) for post in (thread, comment)] == [talk.thread, talk.comment]
    assert [forum_keys.is_thread(key) for key in talk.all] == [True, False, False]
    edx_platform.set_vote(talk.thread, course_id=place.course_id, user_id=place.classmate.id, is_up=True)
    edx_platform.flag_post(talk.comment, course_id=place.course_id, user_id=place.classmate.id)
    assert edx_platform.target_key(UserVote.objects.get(user_id=place.classmate.id)) == talk.thread
    assert edx_platform.target_key(AbuseFlagger.objects.get(user_id=place.classmate.id)) == talk.comment


@covers("create_thread_through_lms", "create_comment_through_lms", "update_post_through_lms", "delete_post_through_lms")
def test_posting_as_the_discussions_page_does(place: Any, request_of: Any) -> None:
    request = request_of(place.learner)
    thread = edx_platform.create_thread_through_lms(
        request, course_id=place.course_id, topic_id=TOPIC, title="Hello", body="I am here"
    )
    answer = edx_platform.create_comment_through_lms(
        request_of(place.classmate), thread_key=thread, parent_key=thread, body="Welcome"
    )
    comment = edx_platform.create_comment_through_lms(
        request_of(place.learner), thread_key=thread, parent_key=answer, body="Thank you"
    )
    assert edx_platform.find_post(thread).author_id == place.learner.id
    assert edx_platform.find_post(answer).parent_key == thread
    assert edx_platform.find_post(comment).parent_key == answer
    edx_platform.update_post_through_lms(request, comment, body="Thanks a lot")
    assert edx_platform.find_post(comment).body == "Thanks a lot"
    edx_platform.delete_post_through_lms(request, thread)
    assert edx_platform.existing_keys([thread, answer, comment]) == set()


@covers("create_thread_through_lms", "update_post_through_lms", "delete_post_through_lms")
def test_the_lms_refuses_strangers_in_ways_we_know(place: Any, talk: Any, request_of: Any) -> None:
    stranger = request_of(place.outsider)
    with pytest.raises(edx_platform.REFUSALS):
        edx_platform.create_thread_through_lms(
            stranger, course_id=place.course_id, topic_id=TOPIC, title="Hello", body="I am not here"
        )
    with pytest.raises(edx_platform.REFUSALS):
        edx_platform.update_post_through_lms(stranger, talk.thread, body="I was not here")
    with pytest.raises(edx_platform.REFUSALS):
        edx_platform.delete_post_through_lms(request_of(place.classmate), talk.thread)
    assert edx_platform.existing_keys(talk.all) == set(talk.all)


@covers("is_rewritten_at_retirement", "erase_posts_of", "erase_posts", "list_retired")
def test_retirement(place: Any, talk: Any, settings: Any) -> None:
    from django.contrib.auth import get_user_model
    from forum.models import Comment, EditHistory

    from discussion_ext.edx_platform.forum_keys import pk_of
    from discussion_ext.edx_platform.forum_retirement import is_rewritten_at_retirement

    edx_platform.update_post(talk.comment, course_id=place.course_id, editor_id=place.learner.id, body="Second thought")
    row = Comment.objects.get(pk=pk_of(talk.comment))
    assert not is_rewritten_at_retirement(row)
    edx_platform.erase_posts([talk.response])
    assert edx_platform.find_post(talk.response).body == "[deleted]"
    edx_platform.erase_posts_of(place.learner.id, course_id=place.course_id)
    assert [edx_platform.find_post(key).body for key in talk.all] == ["[deleted]"] * 3
    assert not EditHistory.objects.filter(content_object_id=row.pk, original_body="Thank you").exists()
    assert not is_rewritten_at_retirement(Comment.objects.get(pk=row.pk))
    username = f"{settings.RETIRED_USERNAME_PREFIX}contract"
    get_user_model().objects.filter(pk=place.learner.id).update(username=username)
    assert is_rewritten_at_retirement(Comment.objects.get(pk=row.pk))
    assert edx_platform.list_retired([place.learner.id, place.classmate.id, 2_000_000_000]) == {
        place.learner.id,
        2_000_000_000,
    }


@covers("list_drafts", "erase_drafts")
def test_drafts(place: Any) -> None:
    import json

    from lms.djangoapps.courseware.models import StudentModule

    state = {"drafts": {"position": {"at": "2026-11-22T00:00:00Z", "text": "I think"}}, "seen": True}
    StudentModule.objects.create(
        student_id=place.learner.id,
        course_id=place.course_key,
        module_state_key=place.case_key,
        module_type="case_discussion",
        state=json.dumps(state),
    )
    (draft,) = edx_platform.list_drafts(place.learner.id)
    assert (draft["usage_key"], draft["name"], draft["text"]) == (str(place.case_key), "position", "I think")
    edx_platform.erase_drafts(place.learner.id)
    assert list(edx_platform.list_drafts(place.learner.id)) == []
    assert json.loads(StudentModule.objects.get(student_id=place.learner.id).state) == {"seen": True}


@covers("find_forum_version", "keeps_posts_in_database", "list_search_servers", "search_forum")
def test_condition_of_the_forum(place: Any, held_course_id: str) -> None:
    assert edx_platform.find_forum_version().count(".") >= 2
    assert edx_platform.keeps_posts_in_database(place.course_id)
    assert edx_platform.keeps_posts_in_database(held_course_id)
    assert all(isinstance(port, int) for _, port in edx_platform.list_search_servers())
    assert edx_platform.search_forum(held_course_id, "a text that nobody wrote") == []
