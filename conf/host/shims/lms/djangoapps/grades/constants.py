"""Names shared by score signals."""


class ScoreDatabaseTableEnum:
    """Where a score is stored."""

    courseware_student_module = "csm"
    submissions = "submissions"
    overrides = "overrides"
