"""The host's discussion: forum search in the database, the LMS's discussion layer and plain pages."""
