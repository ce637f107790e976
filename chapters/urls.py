"""Addresses of the pages and of the REST API; the LMS mounts them under ``/chapters/``."""

app_name = "chapters"

urlpatterns = []  # type: ignore[var-annotated]
