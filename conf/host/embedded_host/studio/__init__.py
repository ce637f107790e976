"""Studio: the pages on which a course is written."""
