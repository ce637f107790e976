"""A person's preferences, one row each."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models


class UserPreference(models.Model):
    """One preference of one person, such as language (``pref-lang``) or zone (``time_zone``).

    .. pii: A person's own choice of language, zone and other settings.
    .. pii_types: other
    .. pii_retirement: local_api
    """

    user = models.ForeignKey(User, db_index=True, related_name="preferences", on_delete=models.CASCADE)
    key = models.CharField(max_length=255, db_index=True)
    value = models.TextField()

    class Meta:
        app_label = "user_api"
        unique_together = ("user", "key")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.key}"

    @classmethod
    def get_value(cls, user: User, preference_key: str, default: str | None = None) -> str | None:
        """Return the person's value or ``default``."""
        value = cls.objects.filter(user=user, key=preference_key).values_list("value", flat=True).first()
        return default if value is None else value

    @classmethod
    def has_value(cls, user: User, preference_key: str) -> bool:
        """Tell whether the person has chosen."""
        return cls.objects.filter(user=user, key=preference_key).exists()

    @classmethod
    def get_all_preferences(cls, user: User) -> dict[str, str]:
        """Return all of a person's preferences."""
        return dict(cls.objects.filter(user=user).values_list("key", "value"))
