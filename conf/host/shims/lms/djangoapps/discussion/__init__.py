"""Stand-in for the LMS's discussion layer; the work is done in ``embedded_host.forum``."""
