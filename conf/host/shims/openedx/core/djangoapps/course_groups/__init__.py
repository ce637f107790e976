"""Stand-in for the platform's cohorts."""
