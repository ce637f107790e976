"""Forms of the organizers' desk and of the community managers' pages, by subject."""
