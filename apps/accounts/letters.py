"""What is written to people about their account. Each function sends one letter, in the reader's language."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.accounts import links
from apps.accounts.models import SignedLink, User
from apps.core import mail
from apps.tenants.queries import address_here, name_here

Purpose = SignedLink.Purpose


def send_link(link: SignedLink) -> None:
    """The letter that carries a link."""
    user, brand = link.user, name_here()
    token = links.token_for(link.purpose, link.pk)
    with override(user.language):
        hello = _("Hello %(name)s,") % {"name": user.employee.full_name}
        ignore = _("If this was not you, you need not do anything: without this link nothing changes.")
        if link.purpose == Purpose.RESET:
            subject = _("Choose a new password for %(business)s")
            lines = [
                _("Somebody, probably you, asked for a new password at %(business)s."),
                _("The link opens once, within one hour."),
            ]
            act = (_("Choose a new password"), address_here(f"/reset/{token}/"))
        else:
            subject = _("Confirm your e-mail for %(business)s")
            lines = [
                _("Please confirm that this is your e-mail at %(business)s."),
                _("The link opens once, within 24 hours."),
            ]
            act = (_("Confirm my e-mail"), address_here(f"/confirm/{token}/"))
        named = {"business": brand}
        mail.send(
            link.new_email or user.email, subject=subject % named, lines=[hello, *(line % named for line in lines)],
            act=act, foot=ignore, brand=brand,
        )  # fmt: skip


def send_notice(user: User, what: str) -> None:
    """The letter that says how coming in has changed. After a change of e-mail it goes to the address before it."""
    to, brand = user.email, name_here()
    if what == "email":
        link = user.links.filter(purpose=Purpose.CHANGE_EMAIL).exclude(used_at=None).order_by("-used_at").first()
        if link is None:
            return
        to = link.old_email
    with override(user.language):
        said = {
            "password": _("Your password at %(business)s was changed."),
            "email": _("Your e-mail at %(business)s was changed; sign in with the new one."),
            "mfa_on": _("Signing in at %(business)s now asks for a code from your phone."),
            "mfa_off": _("Signing in at %(business)s no longer asks for a code from your phone."),
            "backup_codes": _("You have new backup codes at %(business)s; the old ones open nothing."),
        }[what] % {"business": brand}
        when = date_format(timezone.localtime(), "j F Y, H:i e")
        lines = [
            _("Hello %(name)s,") % {"name": user.employee.full_name},
            said,
            _("This happened on %(when)s. Your other sessions were ended.") % {"when": when},
        ]
        foot = _("If this was not you, ask for a new password at once and tell whoever manages your team.")
        act = (_("Ask for a new password"), address_here("/reset/"))
        mail.send(to, subject=said, lines=lines, act=act, foot=foot, brand=brand)
