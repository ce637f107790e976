"""Version 1: chapters, their members, boards and the people who run them."""
