"""A customer's card for an address book: vCard 4.0 (RFC 6350)."""

from django.http import HttpResponse

from apps.customers.models import Customer

TYPE = "text/vcard; charset=utf-8"


def written(customer: Customer) -> str:
    """The lines of a card, folded at 75 bytes as the standard asks."""
    name = customer.name or customer.profile_name or customer.arabic_name or customer.phone or ""
    *given, family = name.split(" ") if " " in name else (name, "")
    rows = [
        "BEGIN:VCARD", "VERSION:4.0", f"UID:urn:uuid:{customer.pk}", f"FN:{_said(name)}",
        f"N:{_said(family)};{_said(' '.join(given))};;;",
    ]  # fmt: skip
    rows += [f"NICKNAME:{_said(customer.arabic_name)}"] if customer.arabic_name else []
    rows += [f"TEL;VALUE=uri;TYPE=cell:tel:{customer.phone}"] if customer.phone else []
    rows += [f"EMAIL:{_said(customer.email)}"] if customer.email else []
    rows += [f"BDAY:{customer.birthday:%Y%m%d}"] if customer.birthday else []
    rows += [f"ADR:;;{_said(customer.address)};;;;"] if customer.address else []
    rows += [f"LANG:{customer.language}"] if customer.language else []
    rows += [f"NOTE:{_said(customer.remark)}"] if customer.remark else []
    return "\r\n".join(_folded(row) for row in [*rows, "END:VCARD"]) + "\r\n"


def answer(customer: Customer) -> HttpResponse:
    """The card as a file."""
    return HttpResponse(
        written(customer), content_type=TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="customer-{str(customer.pk)[-6:]}.vcf"',
            "Cache-Control": "private, no-store",
        },
    )  # fmt: skip


def _said(text: str) -> str:
    for sign, escaped in (("\\", "\\\\"), ("\r\n", "\\n"), ("\n", "\\n"), (",", "\\,"), (";", "\\;")):
        text = text.replace(sign, escaped)
    return text


def _folded(row: str) -> str:
    parts, part = [], ""
    for char in row:
        if len((part + char).encode()) > 74:
            parts.append(part)
            part = ""
        part += char
    return "\r\n ".join([*parts, part])
