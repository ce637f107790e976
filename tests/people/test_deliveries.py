"""A message goes out once, at a decent hour, and its fate is known or said to be unknown."""

import smtplib
from datetime import UTC, datetime, time, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from people import api, deliveries, messages
from people.data import DeliveryRunData
from people.models import Delivery

NOON = datetime(2030, 11, 21, 12, 0, tzinfo=UTC)
CONTEXT = {"course_name": "Leading teams", "case_title": "A name & a measure", "url": "/courses/x/jump_to/y"}


@pytest.fixture(autouse=True)
def _years_ahead(settings):
    """Let mail stay useful: these tests send years after they ask."""
    settings.PEOPLE_DELIVERY_USEFUL_HOURS = 0


@pytest.fixture
def ask(person):
    def request(key: str = "case_answered:1", **changes) -> bool:
        wanted = {"user_id": person.pk, "kind": "case_answered", "context": CONTEXT, **changes}
        return api.request_delivery(key=key, **wanted)

    return request


@pytest.fixture
def break_mail(monkeypatch):
    """Return a way to make the mail server fail."""

    def fail_with(error: Exception | None) -> None:
        def send(self):
            if error:
                raise error
            mail.outbox.append(self)

        monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", send)

    return fail_with


def state() -> tuple[str, int]:
    delivery = Delivery.objects.get()
    return delivery.state, delivery.attempts


def test_one_mail_per_key_however_often_asked(ask):
    assert [ask(), ask(), ask(key="case_answered:2")] == [True, False, True]
    first, second = api.process_deliveries(now=NOON), api.process_deliveries(now=NOON)
    assert (first.sent, second.total) == (2, 0)
    assert len(mail.outbox) == 2


def test_keys_differ_by_case_and_length(ask):
    long_key = "k" * 255
    assert [ask(key="Key"), ask(key="key"), ask(key=long_key), ask(key=long_key[:-1] + "x")] == [True] * 4


def test_mail_text_headers_and_links(ask, person, settings):
    ask()
    api.process_deliveries(now=NOON)
    (message,) = mail.outbox
    assert message.to == [person.email]
    assert message.subject == "A classmate answered your position in “A name & a measure”"
    assert "Hello Amina Otieno," in message.body
    assert f"{settings.LMS_ROOT_URL}/courses/x/jump_to/y" in message.body
    assert "&amp;" not in message.body
    html = message.alternatives[0][0]
    assert "A name &amp; a measure" in html
    stop = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert stop.startswith(f"{settings.LMS_ROOT_URL}/community/people/mail/")
    assert stop in message.body
    assert stop in html
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_every_kind_has_all_its_templates():
    from django.template.loader import get_template

    for kind in messages.KINDS:
        for name in ("from_name.txt", "subject.txt", "body.txt", "body.html", "head.html"):
            assert get_template(f"people/edx_ace/{kind}/email/{name}")


def test_quiet_hours_postpone_by_the_persons_clock(ask, person):
    api.set_preferences(user_id=person.pk, zone="Asia/Shanghai", quiet_hours=(time(21), time(7)))
    ask()
    night = datetime(2030, 11, 21, 14, 0, tzinfo=UTC)
    assert api.process_deliveries(now=night).postponed == 1
    assert Delivery.objects.get().due_at == datetime(2030, 11, 21, 23, 0, tzinfo=UTC)
    assert api.process_deliveries(now=night).total == 0
    assert api.process_deliveries(now=datetime(2030, 11, 21, 23, 0, tzinfo=UTC)).sent == 1


def test_not_before_is_kept(ask):
    ask(not_before=NOON)
    assert api.process_deliveries(now=NOON - timedelta(minutes=1)).total == 0
    assert api.process_deliveries(now=NOON).sent == 1


@pytest.mark.parametrize("why", ["unsubscribed", "inactive", "no address", "retired", "deleted"])
def test_nobody_is_written_to_against_their_will(ask, person, why):
    ask()
    if why == "unsubscribed":
        api.unsubscribe(person.pk, "case_answered")
    elif why == "deleted":
        person.delete()
    else:
        changes = {
            "inactive": {"is_active": False},
            "no address": {"email": ""},
            "retired": {"username": "retired__user_1"},
        }
        type(person).objects.filter(pk=person.pk).update(**changes[why])
    assert api.process_deliveries(now=NOON) == DeliveryRunData(skipped=1)
    assert state() == ("skipped", 0)
    assert Delivery.objects.get().settled_at == NOON
    assert mail.outbox == []


@pytest.mark.parametrize(
    "error", [smtplib.SMTPRecipientsRefused({}), smtplib.SMTPConnectError(421, "later"), ConnectionRefusedError()]
)
def test_a_refused_mail_is_tried_again_later_and_then_given_up(ask, break_mail, error, settings):
    settings.PEOPLE_DELIVERY_RETRY_MINUTES = [5, 30]
    ask()
    break_mail(error)
    assert api.process_deliveries(now=NOON).retried == 1
    assert api.process_deliveries(now=NOON + timedelta(minutes=4)).total == 0
    assert api.process_deliveries(now=NOON + timedelta(minutes=5)).retried == 1
    assert api.process_deliveries(now=NOON + timedelta(minutes=35)).failed == 1
    assert state() == ("failed", 3)
    assert type(error).__name__ in Delivery.objects.get().detail


def test_a_try_that_succeeds_after_a_refusal(ask, break_mail):
    ask()
    break_mail(smtplib.SMTPDataError(451, "busy"))
    api.process_deliveries(now=NOON)
    break_mail(None)
    assert api.process_deliveries(now=NOON + timedelta(minutes=5)).sent == 1
    assert state() == ("sent", 2)


@pytest.mark.parametrize("error", [smtplib.SMTPServerDisconnected("gone"), TimeoutError(), ConnectionResetError()])
def test_a_line_that_breaks_leaves_doubt_and_no_second_mail(ask, break_mail, error):
    ask()
    break_mail(error)
    assert api.process_deliveries(now=NOON).unknown == 1
    break_mail(None)
    assert api.process_deliveries(now=NOON + timedelta(days=3)).total == 0
    assert mail.outbox == []


def test_a_missing_template_is_no_success(ask, monkeypatch):
    ask()
    monkeypatch.setattr(messages.CaseAnswered, "NAME", "never_drawn")
    assert api.process_deliveries(now=NOON).retried == 1


def test_a_crash_between_claim_and_result_is_never_sent_blindly(ask, monkeypatch):
    ask()

    def die(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(deliveries, "send_message", die)
    with pytest.raises(KeyboardInterrupt):
        api.process_deliveries(now=NOON)
    monkeypatch.undo()
    assert state() == ("claimed", 1)
    assert api.process_deliveries(now=NOON + timedelta(minutes=14)).total == 0
    assert api.process_deliveries(now=NOON + timedelta(minutes=16)).lost == 1
    assert state() == ("unknown", 1)
    assert api.process_deliveries(now=NOON + timedelta(days=1)).total == 0
    assert mail.outbox == []


def test_a_slow_sender_may_still_tell_the_truth(ask):
    ask()
    token = deliveries.claim_delivery(Delivery.objects.get().pk, now=NOON)
    api.process_deliveries(now=NOON + timedelta(hours=1))
    deliveries._settle(Delivery.objects.get().pk, token, messages.Result(messages.Outcome.SENT), now=NOON)
    assert state() == ("sent", 1)


def test_a_second_claim_gets_nothing(ask):
    ask()
    pk = Delivery.objects.get().pk
    assert deliveries.claim_delivery(pk, now=NOON)
    assert deliveries.claim_delivery(pk, now=NOON) is None
    assert api.process_delivery(pk, now=NOON) == "taken"


def test_an_operator_may_send_again_and_is_on_record(ask, make_person, break_mail):
    operator = make_person("operator")
    ask()
    pk = Delivery.objects.get().pk
    assert not api.resend_delivery(pk, actor_id=operator.pk)
    break_mail(TimeoutError())
    api.process_deliveries(now=NOON)
    break_mail(None)
    assert api.resend_delivery(pk, actor_id=operator.pk, reason="the server logged no mail")
    assert api.process_deliveries(now=NOON).sent == 1
    (entry,) = api.list_audit(target=f"delivery:{pk}").entries
    assert (entry.actor_id, entry.verb, entry.reason) == (operator.pk, "delivery.resend", "the server logged no mail")


def test_one_persons_trouble_does_not_stop_the_others(ask, make_person, monkeypatch):
    other = make_person("other")
    ask()
    ask(key="case_answered:2", user_id=other.pk)
    real = deliveries.send_message

    def stumble(*, contact, **rest):
        if contact.user_id == other.pk:
            return real(contact=contact, **rest)
        message = "a template of somebody else's"
        raise ValueError(message)

    monkeypatch.setattr(deliveries, "send_message", stumble)
    run = api.process_deliveries(now=NOON)
    assert (run.retried, run.sent) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"key": ""}, "key"),
        ({"key": "é"}, "key"),
        ({"key": "k" * 256}, "key"),
        ({"context": {"a": object()}}, "context"),
        ({"context": {"a": float("nan")}}, "context"),
        ({"not_before": datetime(2030, 1, 1)}, "not_before"),  # noqa: DTZ001
        ({"kind": "spam"}, "kind"),
    ],
)
def test_bad_requests_name_the_field_and_store_nothing(ask, changes, field):
    with pytest.raises(api.PeopleError) as refused:
        ask(**changes)
    assert refused.value.field == field
    assert not Delivery.objects.exists()


def test_asking_costs_one_insert(ask, django_assert_num_queries):
    with django_assert_num_queries(3):  # savepoint, insert, release
        ask()


def test_mail_leaves_after_commit(ask, person, django_capture_on_commit_callbacks):
    api.set_preferences(user_id=person.pk, quiet_hours=(time(0), time(0)))
    with django_capture_on_commit_callbacks(execute=True):
        ask()
        assert mail.outbox == []
    assert len(mail.outbox) == 1


def test_command_sends_in_batches_and_may_only_look(ask, person):
    api.set_preferences(user_id=person.pk, quiet_hours=(time(0), time(0)))
    for number in range(3):
        ask(key=f"case_answered:{number}")
    out = StringIO()
    call_command("send_deliveries", "--dry-run", stdout=out)
    assert "case_answered:2" in out.getvalue()
    assert "mails due: 3. Nothing was changed." in out.getvalue()
    assert mail.outbox == []
    call_command("send_deliveries", "--limit", "2", stdout=out)
    assert len(mail.outbox) == 2
    call_command("send_deliveries", stdout=out)
    assert len(mail.outbox) == 3
    assert "... sent: 1\nDone: sent: 1." in out.getvalue()
    call_command("send_deliveries", stdout=out)
    assert out.getvalue().endswith("Done: nothing.\n")
    with pytest.raises(CommandError, match="--limit"):
        call_command("send_deliveries", "--limit", "0")


class TestAfterAnOutage:
    """Mail has piled up: what is still of use goes out, at a pace that neither people nor mail servers mind."""

    @pytest.fixture(autouse=True)
    def _as_shipped(self, person, settings):
        settings.PEOPLE_DELIVERY_USEFUL_HOURS = 48
        api.set_preferences(user_id=person.pk, quiet_hours=(time(0), time(0)))

    def piled_up(self, *hours_ago):
        """Let the deliveries asked for have been due so long ago, in the order of their keys."""
        for row, hours in zip(Delivery.objects.order_by("pk"), hours_ago, strict=True):
            row.due_at -= timedelta(hours=hours)
            row.useful_until -= timedelta(hours=hours)
            row.save()

    def test_what_is_too_old_is_skipped_and_says_so(self, ask):
        for number in range(3):
            ask(key=f"case_answered:{number}")
        self.piled_up(72, 49, 47)
        run = api.process_deliveries()
        assert (run.skipped, run.sent) == (2, 1)
        assert Delivery.objects.order_by("pk")[0].detail == "It came too late to be of use."

    def test_a_kind_may_stay_useful_for_as_long_as_it_says(self, ask, monkeypatch):
        monkeypatch.setattr(messages.CaseAnswered, "useful_hours", 96)
        ask()
        self.piled_up(72)
        assert api.process_deliveries().sent == 1

    @pytest.mark.parametrize("hours", [0, 0.0])
    def test_a_site_may_send_whatever_its_age(self, ask, settings, hours):
        settings.PEOPLE_DELIVERY_USEFUL_HOURS = hours
        ask()
        assert Delivery.objects.get().useful_until is None

    def test_what_was_asked_for_later_is_useful_from_then(self, ask):
        ask(not_before=NOON + timedelta(days=30))
        row = Delivery.objects.get()
        assert row.useful_until - row.due_at == timedelta(hours=48)

    def test_quiet_hours_do_not_keep_what_is_of_no_use(self, ask, person):
        api.set_preferences(user_id=person.pk, quiet_hours=(time(0, 1), time(0)))
        ask()
        self.piled_up(72)
        assert api.process_deliveries().skipped == 1

    def test_one_person_gets_so_many_an_hour(self, ask, settings):
        settings.PEOPLE_DELIVERY_MOST_PER_HOUR = 2
        for number in range(5):
            ask(key=f"case_answered:{number}")
        self.piled_up(5, 4, 3, 2, 1)
        now = datetime.now(UTC)
        moments = [now + timedelta(minutes=minutes) for minutes in (0, 5, 59, 61, 70, 122)]
        assert [api.process_deliveries(now=moment).sent for moment in moments] == [2, 0, 0, 2, 0, 1]
        assert len(mail.outbox) == 5

    def test_what_nobody_can_refuse_waits_for_no_other_mail(self, ask, settings, monkeypatch):
        settings.PEOPLE_DELIVERY_MOST_PER_HOUR = 1
        for number in range(3):
            ask(key=f"case_answered:{number}")
        assert api.process_deliveries().sent == 1
        monkeypatch.setattr(messages.get_kind("case_answered"), "is_refusable", False)
        assert api.process_deliveries(now=datetime.now(UTC) + timedelta(minutes=65)).sent == 2

    def test_others_do_not_wait_for_a_person_with_many(self, ask, make_person, settings):
        settings.PEOPLE_DELIVERY_MOST_PER_HOUR = 1
        other = make_person("other")
        api.set_preferences(user_id=other.pk, quiet_hours=(time(0), time(0)))
        for number in range(3):
            ask(key=f"case_answered:{number}")
        ask(key="case_answered:9", user_id=other.pk)
        run = api.process_deliveries()
        assert (run.sent, run.postponed) == (2, 2)

    def test_an_operator_who_sends_it_again_means_it(self, ask, person):
        ask()
        self.piled_up(72)
        Delivery.objects.update(state="unknown")
        api.resend_delivery(Delivery.objects.get().pk, actor_id=person.pk)
        assert api.process_deliveries().sent == 1
