"""The blended task for its author: the form and its stages, mistakes, what changes, the preview on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from discussion_ext.api import blended
from discussion_ext.data import Anchor, BlendedConfigData, Late, MomentRule, StageConfigData, StageKind
from xblocks import blended_preview, blended_stages
from xblocks.blended_form import new_id, with_new_ids

from .blended_views import evening, held, lunch
from .conftest import drawn, text_of

WEEK_BEFORE = {"anchor": "session_start", "days": "7", "hours": "0", "side": "before"}
DAY_BEFORE = {"anchor": "session_start", "days": "0", "hours": "24", "side": "before"}
AT_END = {"anchor": "session_end", "days": "0", "hours": "0", "side": "after"}
WEEK_AFTER = {"anchor": "session_end", "days": "7", "hours": "0", "side": "after"}
TASK = {
    "title": "Giving feedback upwards",
    "intro": "Say **one** thing.",
    "points": "10",
    "catch_up_days": "7",
    "session_block": "",
    "by_cohort": False,
}
DISCUSS = {
    "id": "disc1",
    "kind": "discuss",
    "title": "One thing you never told",
    "instructions": "Write *first*.",
    "weight": "40",
    "opens": WEEK_BEFORE,
    "due": DAY_BEFORE,
    "late": "closed",
    "late_days": "0",
    "late_percent": "0",
    "position_min": "100",
    "answers_wanted": "2",
    "answer_min": "30",
}
ATTEND = {
    "id": "att1",
    "kind": "attend",
    "title": "",
    "instructions": "",
    "weight": "20",
    "opens": {"anchor": "session_start"},
    "due": {"anchor": "session_end"},
    "late": "closed",
}
REPORT = {
    "id": "rep1",
    "kind": "report",
    "title": "Say it, then report back",
    "instructions": "",
    "weight": "40",
    "opens": AT_END,
    "due": WEEK_AFTER,
    "late": "decay",
    "late_days": "3",
    "late_percent": "20",
    "report_min": "150",
    "needs_link": True,
}
FORM = {"task": TASK, "stages": [DISCUSS, ATTEND, REPORT]}


def with_stage(index, **changes):
    """Return the form with one stage changed."""
    stages = [dict(stage) for stage in FORM["stages"]]
    stages[index] |= changes
    return {**FORM, "stages": stages}


@pytest.fixture
def task_key(make_task):
    """Return the key of a published task without stages."""
    return make_task(display_name="A draft")


@pytest.fixture
def block(task_key, open_in_studio):
    return open_in_studio(task_key)


@pytest.fixture
def save(block, act):
    """Return a function that submits a form as it was drawn, and returns status and answer."""

    def submit(form=FORM, **more):
        version = version_in(block)
        return act(block, "author_action", "submit", {**form, "version": version, **more})

    return submit


def version_in(block):
    from xblocks.blended_studio import version_of

    return version_of(block.blended_configuration())


def mistakes(answer):
    """Return (stage, field) of what was named."""
    return [(one["stage"], one["field"]) for one in answer["error"]["fields"]]


class TestSaving:
    """Everything is kept as typed, or nothing is."""

    def test_every_field_of_the_form_arrives(self, save, open_in_studio, task_key):
        status, answer = save()
        assert (status, answer) == (200, {"saved": True})
        config = open_in_studio(task_key).blended_configuration()
        assert (config.title, config.intro, config.points, config.catch_up_days) == (
            "Giving feedback upwards", "Say **one** thing.", 10, 7,
        )  # fmt: skip
        discuss, attend, report = config.stages
        assert (discuss.id, discuss.kind, discuss.weight) == ("disc1", StageKind.DISCUSS, 40)
        assert discuss.opens == MomentRule(anchor=Anchor.SESSION_START, days=-7)
        assert discuss.due == MomentRule(anchor=Anchor.SESSION_START, hours=-24)
        assert (attend.kind, attend.weight) == (StageKind.ATTEND, 20)
        assert report.due == MomentRule(anchor=Anchor.SESSION_END, days=7)
        assert (report.late, report.late_days, report.late_percent) == (Late.DECAY, 3, 20)
        assert (report.report_min, report.needs_link) == (150, True)

    def test_what_is_drawn_again_is_what_was_saved(self, save, open_in_studio, task_key, act):
        save()
        again = open_in_studio(task_key)
        form = drawn(again, "studio_view")
        typed = collect(form)
        before = again.blended_configuration()
        assert act(again, "author_action", "submit", {**typed, "version": version_in(again)})[0] == 200
        assert open_in_studio(task_key).blended_configuration() == before

    def test_a_moment_that_was_not_touched_keeps_its_seconds(self, save, block):
        fixed = {"anchor": "fixed", "at": "2027-02-01T09:00"}
        block.stages = [
            blended_stages.to_stored(
                StageConfigData(
                    id="rep1",
                    kind=StageKind.REPORT,
                    due=MomentRule(anchor=Anchor.FIXED, at=datetime(2027, 2, 1, 9, 0, 30, tzinfo=UTC)),
                )
            )
        ]
        save(with_stage(2, due=fixed))
        assert block.blended_configuration().stages[2].due.at.second == 30

    def test_days_and_hours_that_point_different_ways_survive_the_form(self, save, open_in_studio, task_key, act):
        rule = MomentRule(anchor=Anchor.SESSION_START, days=-1, hours=3)
        save(with_stage(0, due={"anchor": "session_start", "days": "1", "hours": "-3", "side": "before"}))
        again = open_in_studio(task_key)
        assert again.blended_configuration().stages[0].due == rule
        typed = collect(drawn(again, "studio_view"))
        act(again, "author_action", "submit", {**typed, "version": version_in(again)})
        assert open_in_studio(task_key).blended_configuration().stages[0].due == rule


class TestMistakes:
    """Every mistake is named by stage and field, all at once, and nothing is kept."""

    @pytest.mark.parametrize(
        ("index", "field", "value"),
        [
            (0, "weight", "many"),
            (0, "weight", "-5"),
            (0, "weight", "101"),
            (0, "weight", None),
            (0, "weight", True),
            (0, "title", ["x"]),
            (0, "position_min", "1e3"),
            (0, "opens", {"anchor": "someday"}),
            (0, "opens", "soon"),
            (0, "opens", {"anchor": "fixed", "at": ""}),
            (0, "opens", {"anchor": "fixed", "at": "tomorrow"}),
            (0, "due", {"anchor": "session_start", "days": "x", "side": "before"}),
            (0, "due", {"anchor": "stage_due", "stage_id": "disc1"}),
            (0, "due", {"anchor": "stage_due", "stage_id": "nowhere"}),
            (0, "due", {"anchor": "session_start", "days": "30", "hours": "0", "side": "before"}),
            (2, "late", "forgiven"),
            (2, "late_days", "0"),
            (2, "needs_link", "yes"),
        ],
    )
    def test_a_wrong_value_is_named_at_its_stage(self, save, open_in_studio, task_key, index, field, value):
        form = with_stage(index, **{field: value})
        status, answer = save(form)
        assert status == 400
        assert (form["stages"][index]["id"], field) in mistakes(answer)
        assert open_in_studio(task_key).stages == []

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("points", "x"),
            ("points", "-1"),
            ("points", "nan"),
            ("catch_up_days", "soon"),
            ("title", ""),
            ("by_cohort", 1),
        ],
    )
    def test_a_wrong_value_of_the_task_is_named(self, save, field, value):
        status, answer = save({**FORM, "task": {**TASK, field: value}})
        assert (status, ("", field) in mistakes(answer)) == (400, True)

    def test_several_mistakes_are_named_together_with_the_stages_number(self, save):
        form = with_stage(0, weight="x")
        form["stages"][2]["report_min"] = "y"
        _status, answer = save(form)
        assert answer["error"]["message"] == "Not saved yet. 2 fields need you:"
        first, second = (one["summary"] for one in answer["error"]["fields"])
        assert first.startswith("Stage 1")
        assert second.startswith("Stage 3")

    def test_a_cycle_of_dates_is_named(self, save):
        form = with_stage(0, due={"anchor": "stage_due", "stage_id": "rep1"})
        form["stages"][2]["due"] = {"anchor": "stage_due", "stage_id": "disc1"}
        status, answer = save(form)
        assert status == 400
        assert {stage for stage, _field in mistakes(answer)} & {"disc1", "rep1"}

    def test_weights_have_to_add_up(self, save):
        status, answer = save(with_stage(0, weight="30"))
        assert status == 400
        assert any(field == "weight" for _stage, field in mistakes(answer))

    @pytest.mark.parametrize("form", [{}, {"task": {}}, {"task": 5, "stages": []}, {"task": TASK, "stages": [5]}])
    def test_what_no_form_sends_is_refused(self, save, form):
        assert save(form)[0] == 400

    def test_two_stages_with_one_id_are_refused(self, save):
        assert save({**FORM, "stages": [DISCUSS, DISCUSS]})[1]["error"]["field"] == "stages"

    def test_a_time_that_the_clock_skips_is_named(self, save, course_team):
        from openedx.core.djangoapps.user_api.models import UserPreference

        UserPreference.objects.create(user=course_team, key="time_zone", value="Europe/Amsterdam")
        status, answer = save(with_stage(2, due={"anchor": "fixed", "at": "2027-03-28T02:30"}))
        assert (status, mistakes(answer)) == (400, [("rep1", "due")])


class TestTwoTabs:
    """Who saves last does not silently win."""

    def test_a_form_that_was_overtaken_says_so_and_can_be_saved_over(self, save, block, act):
        old = version_in(block)
        save()
        mine = {**FORM, "task": {**TASK, "title": "Mine"}, "version": old}
        status, answer = act(block, "author_action", "submit", mine)
        assert (status, answer["error"]["code"]) == (409, "stale")
        assert block.display_name == TASK["title"]
        known = answer["error"]["fields"][0]["version"]
        assert act(block, "author_action", "submit", {**mine, "version": known})[0] == 200
        assert block.display_name == "Mine"

    def test_a_form_without_version_is_stale(self, block, act):
        assert act(block, "author_action", "submit", FORM)[1]["error"]["code"] == "stale"


class TestWhoChanges:
    """Results that learners have are not changed behind their author's back."""

    @pytest.fixture
    def change(self, monkeypatch):
        """Let the change of any configuration lower one learner's result."""
        from discussion_ext.data import ChangePreviewData

        asked = []

        def preview_change(*, usage_key, config):
            asked.append((usage_key, config))
            return ChangePreviewData(
                learners=600, looked_at=500, raised=0, lowered=3, examples=[("Amara Okafor", 10.0, 7.5)]
            )

        monkeypatch.setattr(blended, "preview_change", preview_change)
        return asked

    def test_it_is_saved_only_once_the_author_knows(self, save, change, block):
        status, answer = save()
        assert (status, answer["error"]["code"]) == (409, "changes_results")
        lines = [one["summary"] for one in answer["error"]["fields"]]
        assert "3 learners get less." in lines
        assert "Amara Okafor: 10 now, 7.5 then." in lines
        assert any("500 of 600" in line for line in lines)
        assert block.stages == []
        assert save(confirmed=answer["error"]["fields"][0]["version"])[0] == 200
        assert len(block.stages) == 3

    def test_consent_is_for_what_was_shown_and_nothing_else(self, save, change):
        _status, answer = save()
        token = answer["error"]["fields"][0]["version"]
        status, answer = save(with_stage(0, position_min="500"), confirmed=token)
        assert (status, answer["error"]["code"]) == (409, "changes_results")

    def test_mistakes_come_first(self, save, change):
        assert save(with_stage(0, weight="x"))[0] == 400
        assert change == []


class TestStages:
    """The server draws what is added; ids are never used twice."""

    @pytest.mark.parametrize("kind", list(StageKind))
    def test_a_stage_of_each_kind_can_be_added_and_saved_as_it_stands(self, block, act, kind):
        status, answer = act(block, "author_action", "add", {**FORM, "kind": str(kind)})
        assert status == 200
        (added,) = answer["stages"]
        soup = BeautifulSoup(added["html"], "html.parser")
        assert soup.li["data-stage"] == added["id"]
        assert added["id"] not in {"disc1", "att1", "rep1"}
        labelled = {label["for"] for label in soup.select("label[for]")}
        inputs = soup.select("input:not([type=checkbox]), select, textarea")
        assert {field["id"] for field in inputs} <= labelled
        assert not soup.select("[style], script")

    def test_every_preset_is_right_as_it_comes(self, block, act, save):
        codes = [preset.code for preset in blended.list_presets()]
        assert len(codes) >= 4
        for code in codes:
            status, answer = act(block, "author_action", "preset", {"preset": code})
            assert status == 200
            soup = BeautifulSoup("".join(stage["html"] for stage in answer["stages"]), "html.parser")
            stages = collect(soup)["stages"]
            status, answer = save({"task": TASK, "stages": stages})
            wrong = [] if status == 200 else [one for one in mistakes(answer) if one[1] != "unit_ids"]
            assert wrong == [], code

    def test_what_a_preset_brings_is_what_is_saved(self, block, act, save, open_in_studio, task_key):
        (preset,) = (preset for preset in blended.list_presets() if preset.code == "post_class")
        drawn_stages = act(block, "author_action", "preset", {"preset": preset.code})[1]["stages"]
        soup = BeautifulSoup("".join(stage["html"] for stage in drawn_stages), "html.parser")
        assert save({"task": TASK, "stages": collect(soup)["stages"]})[0] == 200
        saved = open_in_studio(task_key).blended_configuration().stages
        ids = {stage["id"]: wanted.id for stage, wanted in zip(drawn_stages, preset.stages, strict=True)}
        assert [renamed(stage, ids) for stage in saved] == list(preset.stages)
        assert saved[-1].questions

    def test_a_preset_brings_ids_that_the_task_never_had(self, block, act, save):
        save()
        first = act(block, "author_action", "preset", {"preset": blended.list_presets()[0].code})[1]["stages"]
        second = act(block, "author_action", "preset", {"preset": blended.list_presets()[0].code})[1]["stages"]
        ids = [stage["id"] for stage in (*first, *second)]
        assert len(set(ids)) == len(ids)

    def test_what_stages_say_of_each_other_follows_new_ids(self):
        report = StageConfigData(id="s1", kind=StageKind.REPORT)
        review = StageConfigData(
            id="s2",
            kind=StageKind.REVIEW,
            report_stage_id="s1",
            opens=MomentRule(anchor=Anchor.STAGE_DUE, stage_id="s1"),
        )
        first, second = with_new_ids([report, review], taken=["s1"])
        assert first.id != "s1"
        assert (second.report_stage_id, second.opens.stage_id) == (first.id, first.id)

    def test_new_ids_avoid_those_in_use(self, monkeypatch):
        digits = iter("000000000001")
        monkeypatch.setattr("secrets.choice", lambda _from: next(digits))
        assert new_id(["s000000"]) == "s000001"

    @pytest.mark.parametrize(("act_name", "data"), [("add", {"kind": "sing"}), ("preset", {"preset": "none"})])
    def test_unknown_kinds_and_presets_are_refused(self, block, act, act_name, data):
        assert act(block, "author_action", act_name, {**FORM, **data})[0] == 400


class TestUnits:
    """Units to read are those of the course; one that went is named, not dropped in silence."""

    READ = {
        "id": "read1",
        "kind": "read",
        "title": "Read",
        "instructions": "",
        "weight": "100",
        "opens": {"anchor": "always"},
        "due": {"anchor": "always"},
        "late": "closed",
    }

    def test_units_of_the_course_are_offered_and_kept(self, make_task, open_in_studio, act, case_course):
        units = blended.list_units(case_course)
        key = make_task()
        unit = next(one for one in blended.list_units(case_course) if one not in units)
        block = open_in_studio(key)
        _status, answer = act(block, "author_action", "add", {**FORM, "kind": "read"})
        offered = BeautifulSoup(answer["stages"][0]["html"], "html.parser").select("[name=unit_ids]")
        assert unit.block_id in [box["value"] for box in offered]
        form = {"task": TASK, "stages": [{**self.READ, "unit_ids": [unit.block_id]}], "version": version_in(block)}
        assert act(block, "author_action", "submit", form)[0] == 200
        assert list(block.blended_configuration().stages[0].unit_ids) == [unit.block_id]

    def test_a_unit_that_is_gone_is_a_mistake_and_stays_in_sight(self, block, save):
        status, answer = save({"task": TASK, "stages": [{**self.READ, "unit_ids": ["gone"]}]})
        assert (status, mistakes(answer)) == (400, [("read1", "unit_ids")])
        block.stages = [
            blended_stages.to_stored(StageConfigData(id="read1", kind=StageKind.READ, unit_ids=("gone",)))
        ]  # fmt: skip
        box = drawn(block, "studio_view").select_one('[name=unit_ids][value="gone"]')
        assert box.has_attr("checked")


class TestPreview:
    """How it looks on a day, in a sitting; drawn by the server from what is typed, without saving."""

    def look(self, block, act, form=FORM, **where):
        status, answer = act(block, "author_action", "preview", {**form, **where})
        assert status == 200
        return answer

    def lines(self, answer):
        items = BeautifulSoup(answer["preview"], "html.parser").select("ol > li")
        return [(" ".join(item.get("class", [])), text_of(item)) for item in items]

    def test_without_sittings_one_is_imagined(self, block, act):
        answer = self.look(block, act)
        assert "Imagined, " in answer["preview"]
        assert [look for look, _text in self.lines(answer)] == ["is-done", "is-now", ""]

    def test_the_sitting_that_is_next_is_shown_first(self, block, act, monkeypatch):
        """What is over is chosen only where nothing else is left."""
        first, second = held(evening()), held(lunch())
        monkeypatch.setattr(blended_preview.sessions, "list_sittings_of_block", lambda **_block: [first, second])
        days = {datetime(2026, 12, 1, tzinfo=UTC): first, datetime(2026, 12, 4, tzinfo=UTC): second}
        days[datetime(2027, 1, 4, tzinfo=UTC)] = second
        for moment, expected in days.items():
            monkeypatch.setattr(blended_preview.timezone, "now", lambda moment=moment: moment)
            shown = BeautifulSoup(self.look(block, act)["preview"], "html.parser").select_one("option[selected]")
            assert shown["value"] == str(expected.id)

    def test_days_before_and_after_look_different(self, block, act):
        imagined = BeautifulSoup(self.look(block, act)["preview"], "html.parser").select_one("[data-day]")["value"]
        day = datetime.fromisoformat(imagined)
        before = self.look(block, act, day=(day - timedelta(days=3)).date().isoformat())
        assert [look for look, _text in self.lines(before)] == ["is-now", "is-locked", "is-locked"]
        after = self.look(block, act, day=(day + timedelta(days=30)).date().isoformat())
        assert {look for look, _text in self.lines(after)} == {"is-done"}

    def test_what_is_not_right_yet_is_drawn_all_the_same(self, block, act):
        form = with_stage(2, due={"anchor": "fixed", "at": "soon"}, weight="x")
        assert self.look(block, act, form)["weights"]
        far = with_stage(2, due={"anchor": "session_start", "days": "999999999", "hours": "999999999"})
        assert len(self.lines(self.look(block, act, far))) == 3
        odd = {"day": "never", "sitting": "x"}
        assert len(self.lines(self.look(block, act, form, **odd))) == 3

    def test_folded_stages_say_what_they_ask(self, block, act):
        answer = self.look(block, act)
        assert answer["stages"][0]["line"] == (
            "Opens 7 days before the session · due 24 hours before the session · position of 100 words, 2 answers · "
            "weight 40\N{NO-BREAK SPACE}%"
        )
        assert "late: 20\N{NO-BREAK SPACE}% less a day, for 3 days" in answer["stages"][2]["line"]
        assert "150 words and a link" in answer["stages"][2]["line"]
        assert answer["task_line"].startswith("10 points · late joiners get 7 days")

    def test_the_weights_say_what_is_missing(self, block, act):
        assert (
            "Give the last 10\N{NO-BREAK SPACE}% to a stage."
            in self.look(block, act, with_stage(0, weight="30"))["weights"]
        )
        assert "Take 10\N{NO-BREAK SPACE}% away" in self.look(block, act, with_stage(0, weight="50"))["weights"]
        right = self.look(block, act)["weights"]
        assert "Weights: 100 of 100 %" in right
        assert "is-warn" not in right

    def test_nothing_is_saved(self, block, act, open_in_studio, task_key):
        self.look(block, act)
        assert open_in_studio(task_key).stages == []


def test_only_authors_get_anything(act, task_key, open_as, learner, course_team):
    for person in (learner, course_team):
        opened = open_as(task_key, person)
        for name in ("submit", "preview", "add", "preset"):
            status, answer = act(opened, "author_action", name, {**FORM, "kind": "read", "preset": "x"})
            assert (status, answer["error"]["code"]) == (403, "not_allowed"), name


def test_the_form_is_labelled_and_inlines_nothing(block, save):
    save()
    form = drawn(block, "studio_view")
    ids = [element["id"] for element in form.select("[id]")]
    assert len(ids) == len(set(ids))
    labelled = {label["for"] for label in form.select("label[for]")}
    inputs = form.select("form input:not([type=checkbox]), form select, form textarea")
    assert {field["id"] for field in inputs} <= labelled
    assert not form.select("[style], [onclick]")
    assert {button["aria-controls"] for button in form.select("[aria-controls]")} <= set(ids)


class TestUnitPage:
    """The preview on Studio's unit page says what is asked and invites where nothing is."""

    def test_stages_are_named_with_their_rules(self, block, save):
        save()
        text = text_of(drawn(block, "author_view"))
        assert "1 Discuss One thing you never told" in text
        assert "Opens 7 days before the session" in text
        assert "Preview. Learners take part in the course itself." in text

    def test_an_empty_task_says_how_to_begin(self, block):
        assert "Choose Edit to begin" in text_of(drawn(block, "author_view"))


def renamed(stage, ids):
    """Return a saved stage under the ids of its preset, without what is made of it."""
    return replace(
        stage,
        id=ids[stage.id],
        instructions_html="",
        report_stage_id=ids.get(stage.report_stage_id, ""),
        opens=replace(stage.opens, stage_id=ids.get(stage.opens.stage_id, "")),
        due=replace(stage.due, stage_id=ids.get(stage.due.stage_id, "")),
    )


def collect(soup):
    """Return what the browser would send of a drawn form."""

    def values(place):
        found = {}
        for field in place.select("[name]"):
            name = field["name"]
            if name == "unit_ids":
                found.setdefault("unit_ids", [])
                if field.has_attr("checked"):
                    found["unit_ids"].append(field["value"])
                continue
            if field.get("type") == "checkbox":
                value = field.has_attr("checked")
            elif field.name == "select":
                chosen = field.select_one("option[selected]") or field.select_one("option")
                value = chosen["value"] == "true" if name == "by_cohort" else chosen["value"]
            else:
                value = field.get_text() if field.name == "textarea" else field.get("value", "")
            first, _dot, second = name.partition(".")
            if second:
                found.setdefault(first, {})[second] = value
            else:
                found[first] = value
        return found

    stages = [
        {"id": card["data-stage"], "kind": card["data-kind"], **values(card)} for card in soup.select("[data-stage]")
    ]
    task = soup.select_one("[data-task]")
    return {"task": values(task) if task else {}, "stages": stages}


def test_the_hand_written_helpers_agree_with_the_data():
    config = BlendedConfigData(stages=(StageConfigData(id="a", kind=StageKind.READ, weight=100),))
    assert blended_stages.list_stages([blended_stages.to_stored(stage) for stage in config.stages]) == [
        *config.stages
    ]  # fmt: skip
