"""What is written to people about their account. Each function sends one letter, in the reader's language."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.accounts import links
from apps.accounts.models import Employee, SignedLink, User
from apps.billing.models import UsageMonth
from apps.core import mail
from apps.tenants.models import SupportDoor
from apps.tenants.queries import address_here, logo_here, name_here

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
            act=act, foot=ignore, brand=brand, logo=logo_here(),
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
        mail.send(to, subject=said, lines=lines, act=act, foot=foot, brand=brand, logo=logo_here())


def send_usage(employee: Employee, used: UsageMonth, percent: int) -> None:
    """The letter that says how much of this month's conversations is used: 80 or 100 percent."""
    brand = name_here()
    with override(employee.user.language):
        if percent >= 100:
            subject = _("%(business)s has used all conversations of this month")
            then = _("The assistant does not answer new conversations until next month. Your team goes on as always.")
        else:
            subject = _("%(business)s has used 80 percent of this month's conversations")
            then = _("When all are used, the assistant stops answering new conversations. Your team goes on as always.")
        lines = [
            _("Hello %(name)s,") % {"name": employee.full_name},
            _("Conversations this month: %(count)s.") % {"count": used.conversations},
            then,
        ]
        act = (_("See plans"), address_here("/subscription/"))
        mail.send(
            employee.user.email,
            subject=subject % {"business": brand},
            lines=lines,
            act=act,
            brand=brand,
            logo=logo_here(),
        )


def send_closing(user: User, *, day: int, until: datetime) -> None:
    """The letter on days 1, 23 and 29 of a closing."""
    brand = name_here()
    with override(user.language):
        when = date_format(timezone.localtime(until), "j F Y")
        lines = [
            _("Hello %(name)s,") % {"name": user.employee.full_name},
            _("%(business)s was closed. Until %(when)s everything can be read, and nothing is sent.")
            % {"business": brand, "when": when},
            _("Then conversations, customers, files and keys are erased for good."),
            _("Any administrator may reopen it until that day; then all is as it was."),
        ]
        subject = _("%(business)s will be erased on %(when)s") % {"business": brand, "when": when}
        act = (_("Look at it"), address_here("/settings/data/"))
        foot = _("This is day %(day)s of 30. You get this letter on days 1, 23 and 29.") % {"day": day}
        mail.send(user.email, subject=subject, lines=lines, act=act, foot=foot, brand=brand, logo=logo_here())


def send_glass_broken(user: User, door: SupportDoor) -> None:
    """The letter that says an operator has come in without being asked."""
    brand = name_here()
    with override(user.language):
        when = date_format(timezone.localtime(door.until), "j F Y, H:i e")
        subject = _("Somebody of Majlis looks into %(business)s") % {"business": brand}
        lines = [
            _("Hello %(name)s,") % {"name": user.employee.full_name},
            _("%(who)s has opened a door into %(business)s in an emergency, until %(when)s.")
            % {"who": door.opened_by, "business": brand, "when": when},
            _("The reason given: %(reason)s") % {"reason": door.reason},
            _("They can look, and change nothing. Secrets stay closed. You can shut the door at any time."),
        ]
        act = (_("See who looks in"), address_here("/settings/support/"))
        mail.send(user.email, subject=subject, lines=lines, act=act, brand=brand, logo=logo_here())
