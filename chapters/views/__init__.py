"""Pages of the LMS, by subject."""
