"""Where people come in and go out, and where they look after their own account."""

from django.urls import path

from apps.accounts.pages import hours, links, me, security, sign_in, tokens

page_urls = [
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
