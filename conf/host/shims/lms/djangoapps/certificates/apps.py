"""App configuration of the shim."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """The platform's app of this name, as far as the suite meets it."""

    name = "lms.djangoapps.certificates"
    label = "certificates"
    verbose_name = "Certificates"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        """Connect the handlers that give and take certificates."""
        from . import signals  # noqa: F401
