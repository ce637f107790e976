"""States of a certificate."""


class CertificateStatuses:
    """The states of a certificate; the platform gives the first four today, the others stand in older rows."""

    downloadable = "downloadable"
    notpassing = "notpassing"
    unavailable = "unavailable"
    unverified = "unverified"
    deleted = "deleted"
    deleting = "deleting"
    generating = "generating"
    invalidated = "invalidated"
    restricted = "restricted"

    PASSED_STATUSES = (downloadable, generating)

    @classmethod
    def is_passing_status(cls, status: str) -> bool:
        """Tell whether a certificate in this state says that somebody passed."""
        return status in cls.PASSED_STATUSES
