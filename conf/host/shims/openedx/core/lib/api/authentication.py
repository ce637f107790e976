"""REST authentication; the host signs people in by session only."""

from typing import Any

from rest_framework.authentication import BaseAuthentication


class BearerAuthentication(BaseAuthentication):
    """Stands in for OAuth2 tokens, of which the host issues none."""

    def authenticate(self, request: Any) -> None:
        """Leave the request to the next authenticator."""
        return

    def authenticate_header(self, request: Any) -> str:
        """Say which scheme would be wanted."""
        return "Bearer"


class BearerAuthenticationAllowInactiveUser(BearerAuthentication):
    """The same, for people who have not confirmed their address."""
