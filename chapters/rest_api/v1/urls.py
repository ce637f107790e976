"""Addresses of version 1, below ``/chapters/api/v1/``. Numbers are text, so that each wrong one is answered alike."""

from django.urls import URLPattern, path

from . import boards, concerns, directory, entrance, manage, members, membership, moderation, organizers

_CHAPTER = "chapters/<str:slug>/"
_MEMBER = f"{_CHAPTER}members/<str:user_id>/"
_BOARD = f"{_CHAPTER}boards/<str:audience>/"
_TOPIC = f"{_CHAPTER}topics/<str:topic_id>/"
_POST = f"{_CHAPTER}posts/<str:post_id>/"
_BAN = f"{_CHAPTER}bans/<str:ban_id>/"

urlpatterns: list[URLPattern] = [
    path("chapters/", directory.DirectoryView.as_view(), name="api_directory"),
    path("regions/", directory.RegionsView.as_view(), name="api_regions"),
    path("mine/", membership.MineView.as_view(), name="api_mine"),
    path("invitations/", membership.InvitationsView.as_view(), name="api_invitations"),
    path("invitations/<str:invitation_id>/dismiss/", membership.DismissView.as_view(), name="api_dismiss"),
    path(_CHAPTER, directory.ChapterDetailView.as_view(), name="api_chapter"),
    path(f"{_CHAPTER}membership/", membership.MembershipView.as_view(), name="api_membership"),
    path(f"{_CHAPTER}leave/", membership.LeaveView.as_view(), name="api_leave"),
    path(f"{_CHAPTER}appeal/", membership.AppealView.as_view(), name="api_appeal"),
    path(f"{_CHAPTER}members/", members.MembersView.as_view(), name="api_members"),
    path(_MEMBER, members.MemberView.as_view(), name="api_member"),
    path(f"{_MEMBER}hello/", members.HelloView.as_view(), name="api_hello"),
    path(f"{_MEMBER}standings/", members.StandingView.as_view(), name="api_standing"),
    path(f"{_MEMBER}remove/", members.RemovalView.as_view(), name="api_remove_member"),
    path(f"{_CHAPTER}boards/", boards.BoardsView.as_view(), name="api_boards"),
    path(f"{_BOARD}topics/", boards.TopicsView.as_view(), name="api_topics"),
    path(f"{_BOARD}read/", boards.ReadBoardView.as_view(), name="api_board_read"),
    path(f"{_BOARD}pictures/", boards.UploadView.as_view(), name="api_upload"),
    path(f"{_CHAPTER}search/", boards.SearchView.as_view(), name="api_search"),
    path(_TOPIC, boards.TopicView.as_view(), name="api_topic"),
    path(f"{_TOPIC}replies/", boards.RepliesView.as_view(), name="api_replies"),
    path(f"{_TOPIC}follow/", boards.FollowView.as_view(), name="api_follow"),
    path(f"{_TOPIC}seen/", boards.SeenView.as_view(), name="api_seen"),
    path(f"{_TOPIC}pin/", moderation.PinView.as_view(), name="api_pin"),
    path(f"{_TOPIC}state/", moderation.TopicStateView.as_view(), name="api_topic_state"),
    path(_POST, boards.PostView.as_view(), name="api_post"),
    path(f"{_POST}helpful/", boards.HelpfulView.as_view(), name="api_helpful"),
    path(f"{_POST}report/", boards.ReportView.as_view(), name="api_report_post"),
    path(f"{_POST}settle/", moderation.SettleView.as_view(), name="api_settle"),
    path(f"{_POST}remove/", moderation.RemoveView.as_view(), name="api_remove_post"),
    path(f"{_POST}restore/", moderation.RestoreView.as_view(), name="api_restore_post"),
    path(f"{_CHAPTER}reports/", moderation.ReportsView.as_view(), name="api_reports"),
    path(f"{_CHAPTER}requests/", entrance.RequestsView.as_view(), name="api_requests"),
    path(f"{_CHAPTER}requests/<str:membership_id>/", entrance.RequestView.as_view(), name="api_request"),
    path(f"{_CHAPTER}questions/", entrance.QuestionsView.as_view(), name="api_questions"),
    path(f"{_CHAPTER}bans/", entrance.BansView.as_view(), name="api_bans"),
    path(f"{_BAN}lift/", entrance.BanView.as_view(), name="api_lift_ban"),
    path(f"{_BAN}answer/", entrance.AnswerAppealView.as_view(), name="api_answer_appeal"),
    path(f"{_CHAPTER}roles/", organizers.RolesView.as_view(), name="api_roles"),
    path(f"{_CHAPTER}roles/<str:term_id>/end/", organizers.RoleView.as_view(), name="api_role"),
    path(f"{_CHAPTER}step_down/", organizers.StepDownView.as_view(), name="api_step_down"),
    path(f"{_CHAPTER}hand_over/", organizers.HandOverView.as_view(), name="api_hand_over"),
    path(f"{_CHAPTER}life/", organizers.LifeView.as_view(), name="api_life"),
    path(f"{_CHAPTER}rules/", organizers.RulesView.as_view(), name="api_rules"),
    path(f"{_CHAPTER}leaving/", organizers.LeavingView.as_view(), name="api_leaving"),
    path(f"{_CHAPTER}audit/", organizers.AuditView.as_view(), name="api_audit"),
    path(f"{_CHAPTER}export/", organizers.ExportView.as_view(), name="api_export"),
    path(f"{_CHAPTER}concerns/", concerns.ReportConcernView.as_view(), name="api_report_concern"),
    path("concerns/", concerns.OwnConcernsView.as_view(), name="api_own_concerns"),
    path("manage/concerns/", concerns.ConcernsView.as_view(), name="api_concerns"),
    path("manage/concerns/<str:concern_id>/", concerns.ConcernView.as_view(), name="api_concern"),
    path("manage/chapters/", manage.ManagedChaptersView.as_view(), name="api_manage"),
]
