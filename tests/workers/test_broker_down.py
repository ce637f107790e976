"""The broker is down while people post: every post stands, nobody waits long, and the sweeps do the work."""

from __future__ import annotations

import pytest
from forum.models import CommentThread

from discussion_ext.models import Contribution, Participation, PendingEvaluation
from people.models import Delivery
from tests.workers.conftest import text_of
from tests.workers.order import assert_in_order, let_time_pass, read_mails

#: Nobody listens there.
NOBODY = "redis://127.0.0.1:1/9"
POST = """
import time
from opaque_keys.edx.keys import UsageKey
from django.db import transaction
from discussion_ext import api
case = UsageKey.from_string({case!r})
for user_id, body in {posts!r}:
    started = time.monotonic()
    with transaction.atomic():  # as a request of the LMS
        posted = api.post_position(usage_key=case, user_id=user_id, body=body)
    print("took", time.monotonic() - started)
with transaction.atomic():
    first = Contribution.objects.order_by("pk")[0]
    api.post_answer(usage_key=case, user_id=user_id, contribution_id=first.pk, body={answer!r})
"""
SWEEP = """
from django.core.management import call_command
for name in ("run_errands", "sweep_discussions", "compose_news", "send_deliveries"): call_command(name)
call_command("fold_points", "--now")
"""


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
@pytest.mark.isolation("read committed")
def test_posts_stand_and_the_sweeps_do_the_work(make_case, enrol, start_fleet, tmp_path):
    case = make_case()
    posts = [(enrol(), text_of(20, 1000 + number)) for number in range(3)]
    fleet = start_fleet()
    code = POST.format(case=str(case), posts=posts, answer=text_of(20, 77))
    code = "from discussion_ext.models import Contribution\n" + code
    said = fleet.run_python(code, WORKER_BROKER=NOBODY)
    took = [float(line.split()[1]) for line in said.splitlines() if line.startswith("took")]
    assert min(took) < 2, "the first loads half of the platform"
    assert CommentThread.objects.count() == 3
    assert Contribution.objects.count() == 4
    assert Contribution.objects.filter(fold_due=1).exists(), "nobody did what comes after the commit"
    assert not Delivery.objects.exists(), "mail is asked for after the commit too"

    let_time_pass()
    fleet.run_python(SWEEP)
    assert not PendingEvaluation.objects.exists()
    assert Participation.objects.filter(published_earned__gt=0).count() == 3
    assert Delivery.objects.get().state == "sent"
    assert sum(read_mails(tmp_path, pattern="A name and a measure").values()) == 1
    assert_in_order(tmp_path)
