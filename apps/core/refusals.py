"""When a verb cannot be done: one exception with a code of the API's table, said the same way on every door."""

from typing import Any


class Refusal(Exception):
    """A verb that the rules do not allow now. Nothing has changed.

    `code` is one of requirements 5.1 (`conflict`, `held_by_other`, `window_closed`, …), `detail` one sentence that
    says what to do, `extra` further facts for the answer, such as `current` and `limit`; `errors` are texts by field.
    """

    def __init__(self, code: str, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.extra = extra


def on_form(form: Any, refusal: Refusal) -> None:
    """Say a refusal on a form: beside the fields it is about, else above them all."""
    for name, texts in refusal.extra.get("errors", {None: [refusal.detail]}).items():
        form.add_error(name if name in form.fields else None, texts)
