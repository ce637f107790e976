"""Shim of edx-platform's ``openedx.core.djangoapps.lang_pref`` for the embedded host."""

LANGUAGE_KEY = "pref-lang"
COOKIE_DURATION = 14 * 24 * 60 * 60
