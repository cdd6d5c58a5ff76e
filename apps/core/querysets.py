"""The only road from a person to a row: `queryset.for_user(user, word)`; and one row as it comes."""

from typing import Any, Self, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


def one_of(rows: "models.QuerySet[Row]") -> Row | None:
    """A row as it comes, or None; `first()` would sort by the key, and making that SQL costs more than the row."""
    return next(iter(rows[:1]), None)


class GuardedQuerySet(models.QuerySet[Any]):
    """Rows a person may touch.

    A model says what guards it in one of two ways: `guarded_by`, the path to the root that carries object grants
    (rows inherit), or `guard`, a mapping from a verb to the permission word that opens every row.
    """

    def for_user(self, user: Any, word: str = "view") -> Self:
        """The rows on which this person may do `word`; none for strangers."""
        if path := getattr(self.model, "guarded_by", None):
            root, always = self.model, True
            for step in path.split("__"):
                field = root._meta.get_field(step)
                root, always = field.related_model, always and not field.null
            seen = root.objects.for_user(user, word)
            if always and not seen.query.where:  # every root, so every row: nothing to look up
                return self
            return self.filter(**{f"{path}__in": seen.values("pk")})
        needed = self.model.guard.get(word)
        return self if needed and user.may(needed) else self.none()
