"""Communities that live on after the course: chapters, their members, boards and the volunteers who run them."""
