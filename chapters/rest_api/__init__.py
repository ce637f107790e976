"""What programs ask of chapters."""
