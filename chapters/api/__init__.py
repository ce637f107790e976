"""What other packages may use of chapters, by subject."""
