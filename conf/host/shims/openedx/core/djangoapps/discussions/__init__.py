"""Stand-in for the platform's discussion configuration of a course."""
