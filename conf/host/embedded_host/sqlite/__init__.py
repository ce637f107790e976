"""Django's SQLite backend in WAL mode with immediate transactions, the same on Django 4.2 and 5.2."""
