"""A business's colour can be read in both themes, whatever it is; it changes no more than it must (TEN-13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.tenants.colours import DARK_GROUND, LIGHT_GROUND, READABLE, brand, contrast, nearest

colours = st.integers(0, 0xFFFFFF).map("#{:06X}".format)


@given(colours)
def test_words_can_be_read_on_every_colour_in_both_themes(colour: str) -> None:
    shown = brand(colour)

    assert contrast(shown.light, LIGHT_GROUND) >= READABLE
    assert contrast(shown.dark, DARK_GROUND) >= READABLE
    assert contrast(shown.on_light, shown.light) >= READABLE
    assert contrast(shown.on_dark, shown.dark) >= READABLE


@given(colours, st.sampled_from([LIGHT_GROUND, DARK_GROUND]))
def test_a_colour_that_passes_stays_and_the_nearest_shade_passes_at_once(colour: str, ground: str) -> None:
    shown = nearest(colour, ground)

    assert (shown == colour) == (contrast(colour, ground) >= READABLE)
    assert nearest(shown, ground) == shown


def test_yellow_stays_yellow_and_can_be_read() -> None:
    shown = brand("#FFE600")

    assert shown.changed
    assert shown.dark == "#FFE600"
    assert READABLE <= contrast(shown.light, LIGHT_GROUND) < READABLE + 0.2  # the nearest, not just any
    assert abs(brand(shown.light).hue - shown.hue) <= 8
    assert shown.on_dark == "#000000"


@pytest.mark.parametrize(("colour", "ratio"), [("#FFFFFF", 21.0), ("#000000", 1.0), ("#767676", 4.6)])
def test_the_contrast_is_that_of_wcag(colour: str, ratio: float) -> None:
    assert contrast(colour, "#000000") == pytest.approx(ratio, abs=0.05)
