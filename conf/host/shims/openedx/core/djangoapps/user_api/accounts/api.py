"""Names of preference keys used by account pages."""

TIME_ZONE_KEY = "time_zone"
