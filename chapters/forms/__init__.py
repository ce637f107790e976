"""What people fill in on the pages of chapters; the packages' own functions check it once more."""
