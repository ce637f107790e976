"""Events of chapters: planned, answered, held and written down. See ``chapters.api.events`` and its neighbours."""
