"""Who is in a chapter: how they come in and go, what is open to them, and what they hear of it."""
