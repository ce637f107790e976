"""What the dashboard can do."""
