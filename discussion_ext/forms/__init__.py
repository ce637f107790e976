"""Forms of the pages, by subject: they read what was posted and say what is wrong with it, field by field."""
