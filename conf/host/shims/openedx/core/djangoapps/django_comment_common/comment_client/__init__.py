"""Objects over ``forum.api`` with the attribute access of the platform's comment client."""
