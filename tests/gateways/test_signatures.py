"""No body is believed without its proof (GW-07, GW-08, R-005)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from apps.gateways.protocol import Forged, Gateway, gateway
from apps.gateways.whatsapp_cloud.gateway import sign
from tests.gateways.samples import needs_outside, outside

META, SIMULATOR, TWILIO = (gateway(n) for n in ("whatsapp_cloud", "simulator", "twilio"))
HMAC = [(META, "X-Hub-Signature-256"), (SIMULATOR, "X-Simulator-Signature")]
BODY = '{"text": "مرحبا \\u0645"}'.encode()
URL = "https://majlis.example/hooks/x/token/"
VECTORS: list[dict[str, Any]] = outside("twilio_signature_vectors.json") or []


def refusal(which: Gateway, body: bytes, headers: dict[str, str], *secrets: str) -> int:
    with pytest.raises(Forged) as forged:
        which.verify(body, headers, URL, None, secrets)
    return forged.value.status


def independent(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(("which", "name"), HMAC)
def test_the_right_secret_among_several_is_returned(which: Gateway, name: str) -> None:
    headers = {name: independent(BODY, "new")}

    assert which.verify(BODY, headers, URL, None, ["old", "new"]) == "new"
    assert which.verify(BODY, {name.lower(): headers[name]}, URL, None, ["new"]) == "new"
    assert sign(BODY, "new") == headers[name]


@pytest.mark.parametrize(("which", "name"), HMAC)
def test_one_byte_changed_anywhere_is_refused(which: Gateway, name: str) -> None:
    headers = {name: independent(BODY, "s")}

    for place in range(len(BODY)):
        torn = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
        assert refusal(which, torn, headers, "s") == 403
    reserialised = json.dumps(json.loads(BODY)).encode()
    assert refusal(which, reserialised, headers, "s") == 403


@pytest.mark.parametrize(("which", "name"), HMAC)
def test_proofs_that_prove_nothing(which: Gateway, name: str) -> None:
    mac = independent(BODY, "s").removeprefix("sha256=")
    sha1 = hmac.new(b"s", BODY, hashlib.sha1).hexdigest()

    assert refusal(which, BODY, {}, "s") == 401
    assert refusal(which, BODY, {name: ""}, "s") == 401
    for wrong in (
        "sha256=", f"sha1={sha1}", f"sha1={mac}", mac, f"sha256={mac[:-1]}", f"sha256={mac}0",
        f"sha256={mac.upper()}0", f"SHA256={mac}", "sha256=é", "sha256=\udcff", f" sha256={mac}",
    ):  # fmt: skip
        assert refusal(which, BODY, {name: wrong}, "s") == 403, wrong
    assert refusal(which, BODY, {name: independent(BODY, "s")}) == 403
    assert refusal(which, BODY, {name: independent(BODY, "s")}, "other") == 403


@pytest.mark.parametrize(("which", "name"), HMAC)
def test_a_blank_secret_proves_nothing(which: Gateway, name: str) -> None:
    assert refusal(which, BODY, {name: independent(BODY, "")}, "") == 403


def test_one_providers_header_is_not_the_others() -> None:
    assert refusal(META, BODY, {"X-Simulator-Signature": independent(BODY, "s")}, "s") == 401
    assert refusal(SIMULATOR, BODY, {"X-Hub-Signature-256": independent(BODY, "s")}, "s") == 401


def vector_form(vector: dict[str, Any]) -> QueryDict | None:
    params = vector.get("params")
    if params is None:
        return None
    if params == "same":
        params = VECTORS[0]["params"]
    return QueryDict(params if isinstance(params, str) else urlencode(params))


@needs_outside
def test_there_are_seven_published_vectors() -> None:
    assert len(VECTORS) == 7


@pytest.mark.parametrize("vector", VECTORS, ids=range(len(VECTORS)))
@pytest.mark.parametrize("read_already", [True, False])
def test_a_published_vector(vector: dict[str, Any], read_already: bool) -> None:
    form = vector_form(vector)
    body = vector["body"].encode() if form is None else form.urlencode().encode()
    headers = {"X-Twilio-Signature": vector["sig"]}
    given = form if read_already else None

    proven = TWILIO.verify(body, headers, vector["url"], given, ["other", vector["token"]])

    assert proven == vector["token"]
    for url in (vector["url"] + "&x=1", vector["url"].replace("mycompany.com", "internal")):
        with pytest.raises(Forged) as forged:
            TWILIO.verify(body, headers, url, given, [vector["token"]])
        assert forged.value.status == 403


def twilio_signature(url: str, pairs: list[tuple[str, str]], token: str) -> str:
    """Twilio's published recipe, written apart from its library."""
    told = url + "".join(key + value for key, value in sorted(set(pairs)))
    mac = hmac.new(token.encode(), told.encode(), hashlib.sha1).digest()
    return base64.b64encode(mac).decode()


PAIRS = [("Body", "مرحبا & =+"), ("To", "whatsapp:+1"), ("Label", ""), ("A", "2"), ("A", "1")]


def test_twilio_arabic_blank_and_repeated_fields() -> None:
    url = "https://majlis.example/hooks/twilio/t/status/?opaque=0199f0a0"
    body = urlencode(PAIRS).encode()
    headers = {"X-Twilio-Signature": twilio_signature(url, PAIRS, "secret")}

    assert TWILIO.verify(body, headers, url, QueryDict(body), ["secret"]) == "secret"
    assert TWILIO.verify(body, headers, url, None, ["old", "secret"]) == "secret"
    ported = url.replace("majlis.example", "majlis.example:443")
    assert TWILIO.verify(body, headers, ported, None, ["secret"]) == "secret"


@pytest.mark.parametrize(
    "url",
    [
        "http://majlis.example/hooks/twilio/t/?a=1&b=2",
        "https://10.0.0.5/hooks/twilio/t/?a=1&b=2",
        "https://majlis.example/hooks/twilio/t/",
        "https://majlis.example/hooks/twilio/t/?b=2&a=1",
        "https://majlis.example//hooks/twilio/t/?a=1&b=2",
    ],
)
def test_twilio_signs_the_public_address(url: str) -> None:
    public = "https://majlis.example/hooks/twilio/t/?a=1&b=2"
    headers = {"X-Twilio-Signature": twilio_signature(public, PAIRS, "secret")}

    with pytest.raises(Forged) as forged:
        TWILIO.verify(urlencode(PAIRS).encode(), headers, url, None, ["secret"])

    assert forged.value.status == 403


def test_twilio_proofs_that_prove_nothing() -> None:
    body = urlencode(PAIRS).encode()
    good = twilio_signature(URL, PAIRS, "secret")
    name = "X-Twilio-Signature"

    assert refusal(TWILIO, body, {}, "secret") == 401
    assert refusal(TWILIO, body, {name: ""}, "secret") == 401
    assert refusal(TWILIO, body, {name: good[:-1]}, "secret") == 403
    assert refusal(TWILIO, body, {name: "é" * 28}, "secret") == 403
    assert refusal(TWILIO, body.replace(b"A=2", b"A=3"), {name: good}, "secret") == 403
    assert refusal(TWILIO, body.replace(b"&Label=", b""), {name: good}, "secret") == 403
    assert refusal(TWILIO, body, {name: good}) == 403
    assert refusal(TWILIO, body, {name: twilio_signature(URL, PAIRS, "")}, "") == 403
    odd = {name: good, "X-Twilio-Webhooks-Signature-Settings": "key=k,algorithm=MD5"}
    assert refusal(TWILIO, body, odd, "secret") == 403


def test_metas_handshake_answers_with_the_challenge() -> None:
    challenge = "<script>alert(1)</script>"
    query = {"hub.mode": "subscribe", "hub.verify_token": "v", "hub.challenge": challenge}

    assert META.handshake(query, ["old", "v"]) == challenge


@pytest.mark.parametrize(
    "but",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.mode": None},
        {"hub.verify_token": "w"},
        {"hub.verify_token": ""},
        {"hub.verify_token": None},
        {"hub.challenge": None},
    ],
)
def test_a_wrong_handshake_is_refused(but: dict[str, str | None]) -> None:
    right = {"hub.mode": "subscribe", "hub.verify_token": "v", "hub.challenge": "1"}
    query = {key: value for key, value in {**right, **but}.items() if value is not None}

    with pytest.raises(Forged) as forged:
        META.handshake(query, ["v", ""])

    assert forged.value.status == 403
