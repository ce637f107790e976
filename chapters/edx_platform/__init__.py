"""The one door to the platform: enrolments, results, certificates, profiles and courses. One question per function."""
