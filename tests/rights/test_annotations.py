"""The gate refuses a model that says nothing, or something wrong, about personal data."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "check_annotations.py"
COMPLETE = """Something.

    .. pii: {pii}
    .. pii_types: {types}
    .. pii_retirement: {retirement}
    """


@pytest.fixture(scope="module")
def gate() -> ModuleType:
    """Return the script as a module."""
    spec = importlib.util.spec_from_file_location("check_annotations", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def complete(pii: str = "Names.", types: str = "name, other", retirement: str = "local_api") -> str:
    return COMPLETE.format(pii=pii, types=types, retirement=retirement)


@pytest.mark.parametrize(
    ("text", "is_erased", "problems"),
    [
        ("Something.", False, ["no PII annotation"]),
        ("Something.\n\n    .. no_pii: Only numbers.\n", False, []),
        (complete(), True, []),
        (complete(retirement="retained"), False, []),
        (complete(), False, ["says local_api and nothing is erased"]),
        (complete(retirement="retained"), True, ["is erased and does not say so"]),
        (complete(types="name, shoe_size"), True, ["unknown type shoe_size"]),
        (complete(retirement="some_day"), True, ["unknown retirement some_day"]),
        (complete(types=""), True, ["no pii_types"]),
        (".. no_pii:\n" + complete(), True, ["no_pii and pii at once"]),
    ],
)
def test_what_a_model_says(gate: ModuleType, text: str, is_erased: bool, problems: list[str]) -> None:
    assert gate.pii_problems(text, is_erased=is_erased) == problems


def test_every_model_of_ours_is_right(gate: ModuleType) -> None:
    assert gate.wrong_pii() == []


def test_the_gate_meets_every_model(gate: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    from people.models import Preferences

    monkeypatch.setattr(Preferences, "__doc__", "What a person set.")
    assert gate.wrong_pii() == ["people.models.Preferences: no PII annotation"]
