"""The addresses of the simulator, of the numbers' settings and templates, of panels about grants, of credentials."""

from django.urls import URLPattern, path

from apps.gateways.pages import grants, inboxes, secrets, simulator, templates

page_urls: list[URLPattern] = [
    path("simulator/", simulator.simulator, name="simulator"),
    path("simulator/write/", simulator.write, name="simulator-write"),
    path("simulator/faults/", simulator.faults, name="simulator-faults"),
    path("simulator/clock/", simulator.clock, name="simulator-clock"),
    path("simulator/<uuid:pk>/bubbles/", simulator.bubbles, name="simulator-bubbles"),
    path("simulator/<uuid:pk>/file/", simulator.file, name="simulator-file"),
    path("team/inboxes/", grants.of_team, name="team-inboxes"),
    path("team/inbox-choices/", grants.choices, name="inbox-choices"),
    path("team/<uuid:pk>/inboxes/", grants.of_person, name="person-inboxes"),
    path("roles/<uuid:pk>/inboxes/", grants.of_role, name="role-inboxes"),
    path("settings/inboxes/", inboxes.inbox_list, name="settings-inboxes"),
    path("settings/inboxes/notice/", inboxes.notice, name="inboxes-notice"),
    path("settings/inboxes/<uuid:pk>/", inboxes.inbox_page, name="settings-inbox"),
    path("settings/inboxes/<uuid:pk>/act/", inboxes.inbox_act, name="settings-inbox-act"),
    path("settings/inboxes/<uuid:pk>/templates/", templates.template_list, name="settings-templates"),
    path("settings/inboxes/<uuid:pk>/templates/new/", templates.template_new, name="settings-template-new"),
    path("settings/templates/<uuid:pk>/", templates.template_edit, name="settings-template"),
    path("settings/templates/<uuid:pk>/act/", templates.template_act, name="settings-template-act"),
    path("settings/secrets/", secrets.secret_list, name="secrets"),
    path("settings/secrets/set/", secrets.secret_set, name="secret-set"),
    path("settings/secrets/clear/", secrets.secret_clear, name="secret-clear"),
    path("settings/secrets/test/", secrets.secret_test, name="secret-test"),
]
