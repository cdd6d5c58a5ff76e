"""Letters by mail: one shape, as text and as HTML, in the reader's language and under the business's name.

Call it from a task: a mail server may take its time, and nobody should wait for it in a request.
"""

from email.mime.image import MIMEImage
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from apps.core.tasks import Temporary

LOGO = "logo"  # by which a letter's page names the picture in it


def send(
    to: str,
    *,
    subject: str,
    lines: list[str],
    act: tuple[str, str] | None = None,
    foot: str = "",
    brand: str = "Majlis",
    logo: bytes = b"",
) -> None:
    """Send one letter in the language that is active now.

    `act` is the one button (its words, its address), `brand` whose letter it is, `logo` its face as PNG, which travels
    in the letter: nothing is fetched when it is read. Raises Temporary when the mail server does not take it, so that
    the task around tries again.
    """
    language = translation.get_language() or settings.LANGUAGE_CODE
    subject = " ".join(subject.split())
    page = {
        "subject": subject, "lines": lines, "act": act, "foot": foot, "brand": brand, "logo": LOGO if logo else "",
        "language": language, "direction": "rtl" if translation.get_language_bidi() else "ltr",
    }  # fmt: skip
    letter = EmailMultiAlternatives(subject, render_to_string("emails/letter.txt", page), to=[to])
    letter.attach_alternative(render_to_string("emails/letter.html", page), "text/html")
    if logo:
        picture = MIMEImage(logo, "png")
        picture.add_header("Content-ID", f"<{LOGO}>")
        picture.add_header("Content-Disposition", "inline", filename="logo.png")
        letter.mixed_subtype = "related"  # type: ignore[attr-defined]
        letter.attach(picture)
    try:
        letter.send()
    except (SMTPException, OSError) as error:
        raise Temporary(f"The mail server did not take a letter: {type(error).__name__}") from error
