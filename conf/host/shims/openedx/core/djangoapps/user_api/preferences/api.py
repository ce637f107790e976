"""Read and write a person's preferences."""

from __future__ import annotations

from django.contrib.auth.models import User

from openedx.core.djangoapps.user_api.models import UserPreference


def get_user_preference(requesting_user: User, preference_key: str, username: str | None = None) -> str | None:
    """Return the preference of ``username`` (default: the asker) or None."""
    user = User.objects.get(username=username) if username else requesting_user
    return UserPreference.get_value(user, preference_key)


def set_user_preference(
    requesting_user: User, preference_key: str, preference_value: str, username: str | None = None
) -> None:
    """Store the preference of ``username`` (default: the asker)."""
    user = User.objects.get(username=username) if username else requesting_user
    UserPreference.objects.update_or_create(user=user, key=preference_key, defaults={"value": str(preference_value)})


def delete_user_preference(requesting_user: User, preference_key: str, username: str | None = None) -> bool:
    """Delete the preference and tell whether there was one."""
    user = User.objects.get(username=username) if username else requesting_user
    deleted, _ = UserPreference.objects.filter(user=user, key=preference_key).delete()
    return bool(deleted)
