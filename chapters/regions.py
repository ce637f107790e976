"""The parts of the world by which the directory is read."""

from __future__ import annotations

from django.db.models import Count, Q

from .data import RegionData
from .models import Region
from .profiles import NOT_LISTED


def list_regions() -> list[RegionData]:
    """Return every region in the site's order, with how many listed chapters it has; one query."""
    listed = Count("chapters", filter=Q(chapters__listed_rank__lt=NOT_LISTED))
    rows = Region.objects.annotate(listed=listed).order_by("position", "pk")
    return [RegionData(id=row.pk, slug=row.slug, name=row.name, chapters=row.listed) for row in rows]
