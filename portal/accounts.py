"""How people get in: nobody signs up, an administrator makes the accounts."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's adapter, with sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
