"""Where people come in and go out, where the team and its roles are, and one's own account."""

from django.urls import path

from apps.accounts.pages import hours, join, links, me, roles, security, sign_in, team, tokens

page_urls = [
    path("join/<str:token>/", join.join, name="join"),
    path("team/", team.team, name="team"),
    path("team/invite/", team.invite, name="invite"),
    path("team/invitations/<uuid:pk>/resend/", team.resend, name="invitation-resend"),
    path("team/invitations/<uuid:pk>/revoke/", team.revoke, name="invitation-revoke"),
    path("team/invitations/<uuid:pk>/link/", team.link, name="invitation-link"),
    path("team/<uuid:pk>/", team.person, name="person"),
    path("team/<uuid:pk>/deactivate/", team.deactivate, name="person-deactivate"),
    path("team/<uuid:pk>/reactivate/", team.reactivate, name="person-reactivate"),
    path("team/<uuid:pk>/erase/", team.erase, name="person-erase"),
    path("roles/", roles.roles, name="roles"),
    path("roles/matrix/", roles.matrix, name="roles-matrix"),
    path("roles/new/", roles.new_role, name="role-new"),
    path("roles/<uuid:pk>/", roles.role, name="role"),
    path("roles/<uuid:pk>/duplicate/", roles.duplicate, name="role-duplicate"),
    path("roles/<uuid:pk>/delete/", roles.remove, name="role-delete"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/code/", sign_in.code, name="sign-in-code"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("reset/", links.ask_for_reset, name="reset"),
    path("reset/<str:token>/", links.reset, name="reset-link"),
    path("confirm/<str:token>/", links.confirm, name="confirm-link"),
    path("me/", me.profile, name="me"),
    path("me/avatar/", me.avatar, name="me-avatar"),
    path("avatars/<uuid:pk>/", me.portrait, name="avatar"),
    path("me/confirm/", security.send_confirmation, name="send-confirmation"),
    path("me/password/", security.password, name="me-password"),
    path("me/email/", security.email, name="me-email"),
    path("me/second-factor/", security.second_factor, name="second-factor"),
    path("me/sessions/", security.sessions, name="me-sessions"),
    path("me/sessions/<uuid:pk>/revoke/", security.revoke_session, name="me-session-revoke"),
    path("settings/hours/", hours.business_hours, name="settings-hours"),
    path("shifts/<uuid:pk>/", hours.shift, name="shift"),
    path("me/api-tokens/", tokens.tokens, name="me-tokens"),
    path("me/api-tokens/<uuid:pk>/revoke/", tokens.revoke, name="me-token-revoke"),
]
