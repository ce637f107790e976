"""Settings that the plugin loader adds to LMS and Studio."""
