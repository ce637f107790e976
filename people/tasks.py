"""Background work: the mail that is due, and errands."""

from __future__ import annotations

from celery import shared_task
from edx_django_utils.monitoring import set_code_owner_attribute

from . import api


@shared_task(name="people.send_delivery", ignore_result=True)
@set_code_owner_attribute
def send_delivery_task(delivery_id: int) -> None:
    """Send one delivery, if it is due and nobody else has it."""
    api.process_delivery(delivery_id)


@shared_task(name="people.send_deliveries", ignore_result=True)
@set_code_owner_attribute
def send_deliveries_task(limit: int = 500) -> None:
    """Send what is due; for sites with Celery beat. Others run the command ``send_deliveries``."""
    api.process_deliveries(limit=limit)


@shared_task(name="people.run_errand", ignore_result=True)
@set_code_owner_attribute
def run_errand_task(errand_id: str) -> None:
    """Do one errand, if it is due and nobody else has it."""
    api.run_errand(errand_id)


@shared_task(name="people.run_errands", ignore_result=True)
@set_code_owner_attribute
def run_errands_task(limit: int = 1000) -> None:
    """Do what is due; for sites with Celery beat. Others run the command ``run_errands``."""
    api.run_errands(limit=limit)
