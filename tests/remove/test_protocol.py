from __future__ import annotations

import pytest

from void_studio.errors import VoidError
from void_studio.remove.clean_plate import CleanPlateSettings
from void_studio.remove.protocol import load_settings, parse_settings
from void_studio.remove.registry import get_remover, removers


def test_settings_are_read_from_pairs() -> None:
    settings = parse_settings(CleanPlateSettings, ["grow=3", " window = 10 ", "motion=static"])
    assert (settings.grow, settings.window, settings.motion) == (3, 10, "static")
    assert settings.samples == CleanPlateSettings().samples


def test_dashes_stand_for_underscores_and_no_means_false() -> None:
    assert parse_settings(CleanPlateSettings, ["exposure=no"]).exposure is False


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        (["grow"], "KEY=VALUE"),
        (["=3"], "KEY=VALUE"),
        (["grow=-1"], "grow"),
        (["grow=often"], "often"),
        (["window=2", "window=3"], "twice"),
        (["colour=red"], "no setting colour"),
        (["motion=spin"], "motion"),
    ],
)
def test_bad_settings_say_what_is_wrong(pairs: list[str], told: str) -> None:
    with pytest.raises(VoidError, match=told):
        parse_settings(CleanPlateSettings, pairs)


def test_unknown_settings_name_the_known_ones() -> None:
    with pytest.raises(VoidError) as caught:
        parse_settings(CleanPlateSettings, ["colour=red"])
    assert "window=24" in caught.value.remedy


def test_settings_survive_a_job_file() -> None:
    settings = CleanPlateSettings(grow=5, grain=0.5)
    assert load_settings(CleanPlateSettings, settings.model_dump(mode="json")) == settings


def test_automatic_widths_follow_the_plate() -> None:
    settings = CleanPlateSettings()
    assert settings.ring((1280, 720)) == 6
    assert settings.ring((3840, 2160)) == 18
    assert CleanPlateSettings(grow=0).softness((1280, 720)) == 0


def test_removers_are_found_by_name() -> None:
    assert get_remover("clean-plate").name in removers()
    with pytest.raises(VoidError, match="Choose one of: clean-plate"):
        get_remover("magic")
