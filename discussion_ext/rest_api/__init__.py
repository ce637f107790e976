"""The REST API of meetings and class sessions, by version."""
