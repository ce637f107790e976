"""The Celery application, configured as the platform's is: Django's settings, old setting names, no namespace."""

from celery import Celery

APP = Celery("embedded_host")
APP.config_from_object("django.conf:settings")
APP.autodiscover_tasks()
