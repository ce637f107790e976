"""The community suite for Open edX: package, entry points and loose requirements.

Requirements carry no upper bounds on purpose: operators install the suite beside the platform's own pins, and a tight
requirement would up- or downgrade the platform. Tested sets are pinned in ``requirements/``.
"""

from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent
PACKAGES = ["xblocks", "chapters", "discussion_ext", "gamification", "people"]


def package_files(package: str) -> list[str]:
    """Return every non-Python file below ``package``, relative to it."""
    root = ROOT / package
    return [
        str(path.relative_to(root))
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix not in {".py", ".pyc"} and "__pycache__" not in path.parts
    ]


setup(
    name="openedx-community-suite",
    version="0.1.0",
    description="Case discussions, points and community tools for an existing Open edX deployment.",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="AGPL-3.0-only",
    python_requires=">=3.11",
    packages=find_packages(include=[*PACKAGES, *(f"{name}.*" for name in PACKAGES)]),
    package_data={name: package_files(name) for name in PACKAGES},
    install_requires=[
        "attrs",
        "Babel",
        "celery",
        "Django>=4.2",
        "django-crum",
        "django-ratelimit",
        "djangorestframework",
        "edx-ace",
        "edx-completion",
        "edx-django-utils",
        "edx-drf-extensions",
        "edx-opaque-keys",
        "icalendar>=6",
        "Markdown",
        "nh3",
        "openedx-events",
        "openedx-filters",
        "Pillow",
        "pyotp",
        "python-dateutil",
        "PyYAML",
        "segno",
        "web-fragments",
        "XBlock",
        # openedx-forum is the platform's own and brings a database driver and search clients: it is used, not required.
    ],
    entry_points={
        "xblock.v1": [
            "blended_task = xblocks.blended_task:BlendedTaskXBlock",
            "case_discussion = xblocks.case_discussion:CaseDiscussionXBlock",
            "chapter_panel = xblocks.chapter_panel:ChapterPanelXBlock",
            "points_panel = xblocks.points_panel:PointsPanelXBlock",
        ],
        "lms.djangoapp": [
            "people = people.apps:PeopleConfig",
            "gamification = gamification.apps:GamificationConfig",
            "discussion_ext = discussion_ext.apps:DiscussionExtConfig",
            "chapters = chapters.apps:ChaptersConfig",
        ],
        "cms.djangoapp": [
            "people = people.apps:PeopleConfig",
            "gamification = gamification.apps:GamificationConfig",
            "discussion_ext = discussion_ext.apps:DiscussionExtConfig",
            "chapters = chapters.apps:ChaptersConfig",
        ],
        "openedx.course_tab": [
            "community_points = gamification.tabs:PointsTab",
            "community_chapters = chapters.tabs:ChaptersTab",
        ],
        "openedx.course_app": [
            "community_points = gamification.course_apps:PointsCourseApp",
            "community_cases = discussion_ext.course_apps:CasesCourseApp",
            "community_chapters = chapters.course_apps:ChaptersCourseApp",
        ],
    },
    classifiers=[
        "Framework :: Django",
        "Framework :: Django :: 4.2",
        "Framework :: Django :: 5.2",
        "License :: OSI Approved :: GNU Affero General Public License v3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
    ],
)
