"""Discussion boards: topics and replies in the forum, in a place that is no course. Its surface is ``api.boards``."""
