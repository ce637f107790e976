"""A believable community for the demo."""
