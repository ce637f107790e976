"""Version 1: my points, entries, board, places around me, privacy choice and the scheme."""
