"""Stand-in for the platform's forum roles, legacy signals and comment client."""
