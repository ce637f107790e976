"""Stable pseudonyms: unique within a context, free to give out in bulk, and never to be worked out from an id.

A candidate follows from the site's secret, the context and the person. It costs no random state, gives the same name
again to whoever asks first or second, and tells an outsider nothing. Two people with the same candidate are told apart
by the database: the loser takes their next candidate, drawn from a larger space.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from django.conf import settings
from django.db import OperationalError, connection, transaction

from .models import Pseudonym

_ADJECTIVE_WORDS: Final = (
    "Able Agile Alert Amber Ample Autumn Azure Bold Brave Bright Brisk Calm Candid Careful Cheerful Clear Clever "
    "Coastal Copper Coral Crisp Curious Daring Deft Diligent Eager Early Earnest Easy Emerald Fabled Fair Faithful "
    "Fearless Fleet Fond Frank Free Fresh Friendly Gentle Glad Golden Graceful Grand Green Happy Hardy Hazel Hearty "
    "Honest Humble Indigo Ivory Jade Jolly Jovial Keen Kind Lively Lucid Lucky Lunar Maple Mellow Merry Mindful "
    "Misty Modest Neat Nimble Noble Northern Olive Open Patient Peaceful Pearl Placid Plucky Polite Prompt Proud "
    "Quick Quiet Rapid Ready Roaming Rosy Royal Ruby Rustic Sage Scarlet Serene Sharp Silent Silver Sincere Smooth "
    "Snowy Solar Southern Spirited Stately Steady Sturdy Sunny Swift Tactful Teal Tender Thoughtful Tidy Tranquil "
    "Trusty Upbeat Valiant Velvet Violet Vivid Warm Wandering Western Willing Windy Winter Wise Witty Worthy Zesty"
)
_ANIMAL_WORDS: Final = (
    "Albatross Alpaca Antelope Avocet Badger Beaver Bison Bobcat Bunting Caribou Cheetah Chinchilla Chough Civet "
    "Condor Cormorant Crane Curlew Deer Dolphin Dormouse Dove Dragonfly Eagle Egret Eider Elk Falcon Ferret Finch "
    "Firefly Flamingo Fox Gannet Gazelle Gecko Gibbon Goldfinch Grebe Grouse Gull Hare Harrier Hawk Hedgehog Heron "
    "Hoopoe Hornbill Hummingbird Ibex Ibis Impala Jackdaw Jaguar Jay Kestrel Kingfisher Kite Koala Lapwing Lark "
    "Lemur Leopard Linnet Lion Llama Lynx Magpie Manatee Marmot Marten Martin Meerkat Merlin Moorhen Moose Narwhal "
    "Newt Nightingale Nuthatch Ocelot Octopus Oriole Osprey Otter Owl Panda Panther Partridge Pelican Penguin "
    "Petrel Pheasant Pika Plover Puffin Puma Quail Quokka Raven Redstart Reindeer Robin Salmon Sandpiper Seal "
    "Serval Skylark Sparrow Spoonbill Squirrel Starling Stork Swallow Swan Swift Tapir Teal Tern Thrush Tiger "
    "Toucan Turtle Viscacha Wagtail Walrus Waxwing Whale Wombat Woodpecker Wren Yak Zebra"
)
_ADJECTIVES: Final[Sequence[str]] = _ADJECTIVE_WORDS.split()
_ANIMALS: Final[Sequence[str]] = _ANIMAL_WORDS.split()
_CHUNK: Final = 500
_ROUNDS: Final = 12
_TRIES: Final = 5


def candidates(*, user_id: int, context_key: str) -> Iterator[str]:
    """Yield names for one person in one context: two plain ones, then numbered ones from ever larger spaces."""
    for attempt in range(_ROUNDS):
        digest = hmac.new(
            settings.SECRET_KEY.encode(), f"pseudonym|{context_key}|{user_id}|{attempt}".encode(), hashlib.sha256
        ).digest()
        adjective = _ADJECTIVES[int.from_bytes(digest[:4], "big") % len(_ADJECTIVES)]
        animal = _ANIMALS[int.from_bytes(digest[4:8], "big") % len(_ANIMALS)]
        space = 10 ** min(attempt, 9)
        number = f" {2 + int.from_bytes(digest[8:16], 'big') % space}" if attempt >= 2 else ""
        yield f"{adjective} {animal}{number}"


def pseudonyms(user_ids: Iterable[int], *, context_key: str) -> dict[int, str]:
    """Return everybody's pseudonym in a context, giving one to whoever has none.

    One query per 500 people when all have one. Safe beside others doing the same: the unique keys decide who gets a
    name, and what was stored first is what everybody reads.
    """
    ids = sorted(set(user_ids))
    found: dict[int, str] = {}
    for start in range(0, len(ids), _CHUNK):
        found |= _chunk(ids[start : start + _CHUNK], context_key)
    return found


def _chunk(ids: Sequence[int], context_key: str) -> dict[int, str]:
    found = _read(ids, context_key)
    for attempt in range(_ROUNDS):
        missing = [user_id for user_id in ids if user_id not in found]
        if not missing:
            break
        rows = [
            Pseudonym(user_id=user_id, context_key=context_key, text=_candidate(user_id, context_key, attempt))
            for user_id in missing
        ]
        # In one order everywhere, so that two who want each other's candidates queue up instead of deadlocking.
        rows.sort(key=lambda row: row.text)
        _insert(rows)
        found |= _read(missing, context_key)
    else:
        if len(found) < len(ids):
            message = f"No free pseudonym after {_ROUNDS} rounds in {context_key}"
            raise RuntimeError(message)
    return found


def _insert(rows: Sequence[Pseudonym]) -> None:
    """Store those whose names are free.

    At REPEATABLE READ InnoDB locks the gap beside a name that is taken, and may then send one of two away who want the
    same names. Outside a transaction that one simply comes again.
    """
    for tries_left in reversed(range(_TRIES)):
        try:
            with transaction.atomic():
                Pseudonym.objects.bulk_create(rows, ignore_conflicts=True)
        except OperationalError:
            if not tries_left or connection.in_atomic_block:
                raise
        else:
            return


def _candidate(user_id: int, context_key: str, attempt: int) -> str:
    return next(islice(candidates(user_id=user_id, context_key=context_key), attempt, None))


def _read(ids: Sequence[int], context_key: str) -> dict[int, str]:
    rows = Pseudonym.objects.filter(context_key=context_key, user_id__in=ids)
    return dict(rows.values_list("user_id", "text"))
