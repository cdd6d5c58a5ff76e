"""Where people come in and go out, and where the team and its roles are."""

from django.urls import path

from apps.accounts.pages import join, roles, sign_in, team

page_urls = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
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
]
