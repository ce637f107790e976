"""What a site needs before its first chapter: the group of community managers, parts of the world, a key for points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from gamification import api as gamification

from .events import points
from .models import Region

#: The group whose members manage every chapter.
MANAGERS: Final = "Community managers"

_REGIONS: Final = (
    ("africa", "Africa"),
    ("asia", "Asia"),
    ("europe", "Europe"),
    ("middle-east", "Middle East"),
    ("north-america", "North America"),
    ("south-america", "Latin America"),
    ("oceania", "Oceania"),
    ("online", "Online"),
)


@transaction.atomic
def set_up_chapters() -> Mapping[str, int]:
    """Make what is missing and return it in numbers; a second run changes nothing.

    What the site's staff has done is kept: a group that is there keeps its permissions, and where there is one region
    there are no others made. The key for points of chapters appears in the admin with its switch, which is not turned.
    """
    done: Counter[str] = Counter()
    group, is_new = Group.objects.get_or_create(name=MANAGERS)
    if is_new:
        wanted = Permission.objects.get(content_type__app_label="chapters", codename="manage_chapters")
        group.permissions.add(wanted)
        done["groups"] += 1
    if not Region.objects.exists():
        for position, (slug, name) in enumerate(_REGIONS):
            Region.objects.get_or_create(slug=slug, defaults={"name": name, "position": position})
        done["regions"] += len(_REGIONS)
    if gamification.make_known(points.course_key()):
        done["ledgers"] += 1
    return done
