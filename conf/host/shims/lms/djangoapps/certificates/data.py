"""States of a certificate."""


class CertificateStatuses:
    """The states that the platform gives a certificate today."""

    downloadable = "downloadable"
    generating = "generating"
    notpassing = "notpassing"
    unavailable = "unavailable"
    unverified = "unverified"

    PASSED_STATUSES = (downloadable, generating)

    @classmethod
    def is_passing_status(cls, status: str) -> bool:
        """Tell whether a certificate in this state says that somebody passed."""
        return status in cls.PASSED_STATUSES
