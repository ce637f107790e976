"""Stand-in for what writes a course's dates into edx-when."""
