"""Stages to start from: sound from the first moment, but for the units that only an author can choose."""

from dataclasses import replace

import pytest
from django.utils import translation

from discussion_ext.blended.dates import resolve
from discussion_ext.blended.presets import list_presets, make_stage
from discussion_ext.blended.validation import validate
from discussion_ext.data import BlendedConfigData, StageKind
from tests.blended.sample import CONFIG, facts, only

KINDS = {
    "pre_class": ["discuss", "attend"],
    "post_class": ["attend", "report", "review"],
    "full": ["read", "discuss", "attend", "report", "review"],
    "flipped": ["read", "discuss", "attend"],
}


def presets():
    with translation.override("en"):
        return {preset.code: preset for preset in list_presets()}


def test_there_are_four():
    assert {code: [str(stage.kind) for stage in preset.stages] for code, preset in presets().items()} == KINDS


@pytest.mark.parametrize("code", sorted(KINDS))
def test_a_preset_is_sound_once_its_units_are_chosen(code):
    preset = presets()[code]
    assert preset.title
    assert preset.description
    assert all(stage.title for stage in preset.stages)
    assert sum(stage.weight for stage in preset.stages) == 100
    config = BlendedConfigData(title=preset.title, stages=preset.stages)
    reading = [("unit_ids", stage.id) for stage in preset.stages if stage.kind == StageKind.READ]
    assert [(found.field, found.stage_id) for found in validate(config)] == reading
    stages = tuple(replace(each, unit_ids=("u1",)) if each.kind == StageKind.READ else each for each in preset.stages)
    assert validate(replace(config, stages=stages)) == []
    assert config.needs_session


def test_the_full_preset_has_the_dates_of_the_sample():
    config = BlendedConfigData(title="Full", stages=presets()["full"].stages)
    assert resolve(config=config, facts=facts()) == resolve(config=CONFIG, facts=facts())


@pytest.mark.parametrize("kind", StageKind)
def test_a_new_stage_weighs_nothing_and_has_dates_that_suit_it(kind):
    stage = make_stage(kind, "s7")
    assert (stage.id, stage.kind, stage.weight, stage.title) == ("s7", kind, 0, "")
    (found,) = resolve(config=only(stage), facts=facts())
    assert found.opens_at < found.due_at <= found.closes_at


def test_words_are_in_the_language_of_the_author():
    with translation.override("nl"):
        assert all(preset.title for preset in list_presets())
