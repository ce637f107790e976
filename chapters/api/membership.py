"""Membership: who is in a chapter, what is open to them, and how they come and go. The caller has asked `decide`."""

from chapters.membership.bans import answer_appeal, appeal, ban, find_ban, get_ban, lift_ban, list_appeals, list_bans
from chapters.membership.hellos import say_hello
from chapters.membership.invitations import dismiss_invitation, find_invitation, list_invitations
from chapters.membership.joining import introduce, join, withdraw_request
from chapters.membership.leaving import leave, remove_member, summarize_leaving
from chapters.membership.listing import get_member, list_members
from chapters.membership.mail import set_mail
from chapters.membership.placing import asks_for, await_person, missed_person, name_courses, place_person
from chapters.membership.questions import list_questions, set_questions
from chapters.membership.reading import find_membership, get_membership, list_memberships
from chapters.membership.requests import (
    accept_request,
    decline_request,
    get_request,
    list_overdue_requests,
    list_requests,
)
from chapters.membership.standings import grant_standing, revoke_standing
from chapters.membership.tables import iter_members_csv

__all__ = [
    "accept_request",
    "answer_appeal",
    "appeal",
    "asks_for",
    "await_person",
    "ban",
    "decline_request",
    "dismiss_invitation",
    "find_ban",
    "find_invitation",
    "find_membership",
    "get_ban",
    "get_member",
    "get_membership",
    "get_request",
    "grant_standing",
    "introduce",
    "iter_members_csv",
    "join",
    "leave",
    "lift_ban",
    "list_appeals",
    "list_bans",
    "list_invitations",
    "list_members",
    "list_memberships",
    "list_overdue_requests",
    "list_questions",
    "list_requests",
    "missed_person",
    "name_courses",
    "place_person",
    "remove_member",
    "revoke_standing",
    "say_hello",
    "set_mail",
    "set_questions",
    "summarize_leaving",
    "withdraw_request",
]
