"""The platform's own packages run in the host: plugins, forum, completion."""

import pytest
from completion.models import BlockCompletion
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from opaque_keys.edx.keys import UsageKey

from lms.djangoapps.courseware.models import StudentModule
from lms.djangoapps.grades.signals.signals import PROBLEM_WEIGHTED_SCORE_CHANGED

PROBLEM_KEY = UsageKey.from_string("block-v1:Org+C1+R1+type@problem+block@p1")


def test_plugin_apps_of_other_packages_are_installed():
    assert "forum.apps.ForumConfig" in settings.INSTALLED_APPS
    assert "completion.apps.CompletionAppConfig" in settings.INSTALLED_APPS
    assert reverse("completion:v1:completion-batch") == "/api/completion/v1/completion-batch"


@pytest.mark.django_db
def test_forum_stores_a_thread():
    from forum import api

    author = User.objects.create_user("ada")
    thread = api.create_thread("Title", "Body ✎", "course-v1:Org+C1+R1", str(author.id), commentable_id="course")
    assert api.get_thread(thread["id"])["body"] == "Body ✎"


@pytest.mark.django_db
def test_a_changed_score_reaches_the_real_completion_handler():
    learner = User.objects.create_user("ada")
    PROBLEM_WEIGHTED_SCORE_CHANGED.send(
        sender=None,
        user_id=learner.id,
        course_id=str(PROBLEM_KEY.course_key),
        usage_id=str(PROBLEM_KEY),
        weighted_earned=1,
        weighted_possible=1,
    )
    completion = BlockCompletion.objects.get(user=learner)
    assert (completion.block_key, completion.completion) == (PROBLEM_KEY, 1.0)
    assert not StudentModule.objects.exists()
