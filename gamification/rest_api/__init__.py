"""The REST API of points, by version."""
