"""Stand-in for the instructor dashboard."""
