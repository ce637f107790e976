"""Names as people chose them, and nothing that gives a pseudonym away."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people import api, pseudonyms
from people.data import NameChoice
from people.models import Pseudonym

COURSE = "course-v1:Meridian+LTC1+2026"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Amina Otieno", "AO"),
        ("Lotte van der Vermeer", "LV"),
        ("amina", "A"),
        ("林晓雨", "林"),
        ("김 민준", "김"),
        ("ひろし 田中", "ひ"),
        ("Élodie Ångström", "ÉÅ"),
        ("مريم حداد", "مح"),
        ("Quiet Heron 27", "QH"),
        ("🙂", ""),
        ("", ""),
    ],
)
def test_letters_for_the_avatar(name, letters):
    assert api.initials(name) == letters


@given(st.text(max_size=60))
def test_any_name_has_a_colour_and_at_most_a_few_letters(name):
    assert 1 <= api.tone(name) <= 6
    assert len(api.initials(name)) <= 8


def test_defaults_by_surface(person):
    on_board = api.display_names([person.pk], surface="board", context_key=COURSE)[person.pk]
    in_post = api.display_names([person.pk], surface="post", context_key=COURSE)[person.pk]
    assert on_board.kind == "pseudonym"
    assert on_board.text == api.pseudonyms([person.pk], context_key=COURSE)[person.pk]
    assert (in_post.kind, in_post.text, in_post.initials) == ("name", "Amina Otieno", "AO")


def test_choosing_holds_for_one_surface_and_context(person):
    api.choose_name(user_id=person.pk, surface="board", context_key=COURSE, choice="hidden")
    hidden = api.display_names([person.pk], surface="board", context_key=COURSE)[person.pk]
    assert (hidden.kind, hidden.text, hidden.initials) == ("hidden", "Hidden learner", "")
    assert api.get_name_choice(person.pk, surface="post", context_key=COURSE) is NameChoice.NAME
    assert api.get_name_choice(person.pk, surface="board", context_key="course-v1:A+B+C") is NameChoice.PSEUDONYM
    api.choose_name(user_id=person.pk, surface="board", context_key=COURSE, choice="name")
    assert api.get_name_choice(person.pk, surface="board", context_key=COURSE) is NameChoice.NAME


def test_hidden_people_by_choice_and_by_default(make_person, settings):
    hidden, shown = make_person("hidden"), make_person("shown")
    api.choose_name(user_id=hidden.pk, surface="board", context_key=COURSE, choice="hidden")
    api.choose_name(user_id=shown.pk, surface="board", context_key=COURSE, choice="name")
    everybody = [hidden.pk, shown.pk, 999_999]
    assert api.list_hidden(everybody, surface="board", context_key=COURSE) == {hidden.pk}
    settings.PEOPLE_SURFACE_DEFAULTS = {"board": "hidden"}
    assert api.list_hidden(everybody, surface="board", context_key=COURSE) == {hidden.pk, 999_999}


def test_wrong_choices_and_surfaces_name_the_field(person):
    with pytest.raises(api.UnknownChoiceError) as choice:
        api.choose_name(user_id=person.pk, surface="board", context_key=COURSE, choice="famous")
    with pytest.raises(api.UnknownSurfaceError) as surface:
        api.choose_name(user_id=person.pk, surface="billboard", context_key=COURSE, choice="name")
    assert (choice.value.field, surface.value.field) == ("choice", "surface")


def test_username_where_there_is_no_name_and_former_learners(make_person):
    nameless = make_person("nameless", name=" ")
    retired = make_person("retired__user_abc", name="")
    shown = api.display_names([nameless.pk, retired.pk, 999_999], surface="board", context_key=COURSE)
    assert api.real_names([nameless.pk])[nameless.pk] == "nameless"
    assert shown[nameless.pk].kind == "pseudonym"
    assert [shown[gone].text for gone in (retired.pk, 999_999)] == ["Former learner"] * 2
    assert list(Pseudonym.objects.values_list("user_id", flat=True)) == [nameless.pk]


def test_queries_do_not_grow_with_people(make_person, django_assert_num_queries):
    ids = [make_person(f"learner{number}").pk for number in range(30)]
    api.pseudonyms(ids, context_key=COURSE)
    for some in (ids[:2], ids):
        with django_assert_num_queries(3):
            api.display_names(some, surface="board", context_key=COURSE)


@pytest.mark.django_db
def test_pseudonyms_are_stable_and_differ_by_context():
    first = api.pseudonyms([1, 2, 3], context_key=COURSE)
    assert api.pseudonyms([3, 2, 1, 4], context_key=COURSE).items() >= first.items()
    assert api.pseudonyms([1, 2, 3], context_key="course-v1:Other+C+R") != first


@pytest.mark.django_db
def test_pseudonyms_stay_unique_in_a_crowd():
    given_names = api.pseudonyms(range(1, 12_001), context_key=COURSE)
    assert len({name.casefold() for name in given_names.values()}) == 12_000


@pytest.mark.django_db
@settings(deadline=None)  # the database's time, not ours
@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.lists(st.integers(1, 60), max_size=20)), max_size=6))
def test_pseudonyms_are_unique_whoever_asks_in_which_order(batches):
    Pseudonym.objects.all().delete()
    with pytest.MonkeyPatch.context() as patch:
        # So few names that nearly everybody meets one that is taken.
        patch.setattr(pseudonyms, "candidates", lambda **_: map(str, range(90)))
        patch.setattr(pseudonyms, "_ROUNDS", 90)
        found = [(context, api.pseudonyms(batch, context_key=context)) for context, batch in batches]
    for context in ("a", "b"):
        mine = [names for key, names in found if key == context]
        merged = {user_id: text for names in mine for user_id, text in names.items()}
        assert all(names.items() <= merged.items() for names in mine)
        assert len(set(merged.values())) == len(merged)


@pytest.mark.django_db
def test_no_free_pseudonym_is_an_error_and_not_a_shared_one(monkeypatch):
    monkeypatch.setattr(pseudonyms, "candidates", lambda **_: iter(["Only One"] * 20))
    with pytest.raises(RuntimeError, match="No free pseudonym"):
        api.pseudonyms([1, 2], context_key=COURSE)


def test_a_pseudonym_cannot_be_worked_out_without_the_secret(settings):
    mine = next(pseudonyms.candidates(user_id=1, context_key=COURSE))
    settings.SECRET_KEY = "another secret"
    assert next(pseudonyms.candidates(user_id=1, context_key=COURSE)) != mine
