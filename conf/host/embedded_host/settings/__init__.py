"""Settings of the embedded host: one module per service, and one per service for tests."""
