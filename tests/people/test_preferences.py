"""What was asked for here comes before the account, the account before the site."""

from datetime import UTC, date, datetime, time

import pytest

from people import api


@pytest.fixture
def set_account(person):
    from openedx.core.djangoapps.user_api.models import UserPreference

    def set_value(key: str, value: str) -> None:
        UserPreference.objects.update_or_create(user=person, key=key, defaults={"value": value})

    return set_value


def test_defaults_account_and_own_choice(person, set_account, settings):
    assert api.person_zone(person.pk).key == settings.TIME_ZONE
    assert api.person_language(person.pk) == "en"
    set_account("time_zone", "Asia/Shanghai")
    set_account("pref-lang", "nl")
    assert api.person_zone(person.pk).key == "Asia/Shanghai"
    assert api.person_language(person.pk) == "nl"
    mine = api.set_preferences(user_id=person.pk, zone="Africa/Nairobi", quiet_hours=(time(22), time(6)))
    assert (mine.zone.key, mine.language) == ("Africa/Nairobi", "nl")
    assert (mine.quiet_from, mine.quiet_until) == (time(22), time(6))
    assert api.set_preferences(user_id=person.pk, zone="").zone.key == "Asia/Shanghai"


def test_account_values_that_mean_nothing_fall_back(person, set_account, settings):
    set_account("time_zone", "Moon/Base")
    set_account("pref-lang", "tlh")
    mine = api.get_preferences(person.pk)
    assert (mine.zone.key, mine.language) == (settings.TIME_ZONE, settings.LANGUAGE_CODE)


@pytest.mark.parametrize(("field", "value"), [("zone", "Moon/Base"), ("language", "klingon"), ("language", "../x")])
def test_wrong_preferences_name_the_field_and_store_nothing(person, field, value):
    with pytest.raises(api.InvalidPreferenceError) as refused:
        api.set_preferences(user_id=person.pk, quiet_hours=(time(1), time(2)), **{field: value})
    assert refused.value.field == field
    assert api.get_preferences(person.pk).quiet_from == time(21)


def test_local_date(person, set_account):
    evening = datetime(2026, 12, 3, 16, 0, tzinfo=UTC)
    assert api.local_date(person.pk, evening) == date(2026, 12, 3)
    set_account("time_zone", "Asia/Shanghai")
    assert api.local_date(person.pk, evening) == date(2026, 12, 4)


def test_queries_do_not_grow_with_people(db, django_assert_num_queries):
    for many in (1, 50):
        with django_assert_num_queries(2):
            assert len(api.person_zones(range(many))) == many
        with django_assert_num_queries(3):
            assert len(api.list_preferences(range(many))) == many
