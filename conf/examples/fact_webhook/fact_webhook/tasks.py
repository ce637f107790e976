"""Post one fact."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import requests
from celery import shared_task
from django.conf import settings

TIMEOUT_SECONDS = 10


@shared_task(
    name="fact_webhook.post_fact",
    acks_late=True,
    ignore_result=True,
    autoretry_for=(requests.RequestException,),
    max_retries=12,
    retry_backoff=30,
    retry_backoff_max=4 * 3600,
    retry_jitter=True,
)
def post_fact_task(fact: dict[str, Any]) -> None:
    """Post a fact; whoever takes it knows by the key that they have it already."""
    body = json.dumps(fact, sort_keys=True).encode()
    secret = settings.FACT_WEBHOOK_SECRET.encode()
    answer = requests.post(
        settings.FACT_WEBHOOK_URL,
        data=body,
        timeout=TIMEOUT_SECONDS,
        headers={
            "Content-Type": "application/json",
            "X-Fact-Key": hashlib.sha256(body).hexdigest(),
            "X-Fact-Signature": hmac.new(secret, body, hashlib.sha256).hexdigest(),
        },
    )
    answer.raise_for_status()
