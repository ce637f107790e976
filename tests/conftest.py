"""What every test shares: which folder belongs to which service."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Keep Studio's tests for a run with Studio's settings, and the LMS's for the others."""
    is_studio_run = "test_cms" in (config.getoption("ds") or "")
    is_studio_test = "host_studio" in collection_path.parts
    if collection_path.is_file() and is_studio_test is not is_studio_run and collection_path.name != "conftest.py":
        return True
    return None
