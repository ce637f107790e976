"""Events of chapters: planned, answered, held and written down. The api is ``chapters.api.events`` and its neighbours."""
