from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.making import changed, sequence, walk
from trackproof.checks import Profile, all_checks, analyse, load_profile, shipped_profiles
from trackproof.errors import FormatError


def test_shipped_profiles_name_only_checks_and_parameters_that_exist() -> None:
    profiles = shipped_profiles()
    assert profiles[0].name == "default"
    assert {"vehicles", "pedestrians", "low frame rate"} <= {p.name for p in profiles}
    for profile in profiles:
        assert profile.problems(all_checks()) == ()
        assert profile.description.endswith(".")


def test_profile_overrides_one_parameter_and_keeps_the_others() -> None:
    check = all_checks()["fragment"]
    parameters = Profile().with_value("fragment", "limit", 0.5).parameters(check)
    assert parameters == {**check.defaults(), "limit": 0.5}


def test_profile_of_a_file_switches_checks_off(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('name = "mine"\n[checks]\ngaps = false\n[checks.size_change]\nlimit = 0.05\n')
    profile = load_profile(file)
    block = changed(walk(60), slice(30, None), [0, 0, 2, 5])
    made = sequence({0: block.take(slice(0, 50))})
    result = analyse(made, made.labels, profile=profile)
    assert "gaps" not in result.measurements
    assert result.measurements["size_change"].limit == 0.05
    assert any("size_change" in flag.checks for flag in result.flags)


def test_names_that_do_not_exist_are_said_in_words() -> None:
    profile = Profile("mine", values={"gapes": {"limit": 1}, "gaps": {"limits": 1}})
    said = profile.problems(all_checks())
    assert said[0] == "profile mine names the check 'gapes', which does not exist"
    assert said[1] == "profile mine: check gaps has no parameter 'limits', only limit"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[checks", "not a TOML profile"),
        ("checks = 3", "one table per check"),
        ("[checks]\ngaps = 3", "gaps must be a table"),
        ('[checks.gaps]\nlimit = "1"', "limit is '1', which is not a number"),
        ("[checks.gaps]\nlimit = true", "limit is True, which is not a number"),
    ],
)
def test_broken_profiles_say_what_is_wrong_and_where(
    tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "broken.toml"
    file.write_text(text)
    with pytest.raises(FormatError, match=message) as caught:
        load_profile(file)
    assert caught.value.path == str(file)


def test_missing_profile_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be read"):
        load_profile(tmp_path / "absent.toml")


@given(
    name=st.text(),
    off=st.frozensets(st.sampled_from(["drift", "rolling_iou"])),
    limits=st.dictionaries(
        st.sampled_from(["gaps", "size_change"]),
        st.dictionaries(st.sampled_from(["limit", "other key"]), st.floats(-1e6, 1e6), min_size=1),
    ),
)
def test_a_written_profile_reads_back_the_same(
    name: str, off: frozenset[str], limits: dict[str, dict[str, float]]
) -> None:
    profile = Profile(name, "Night, “rain” and \\ fog.", limits, off)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "mine.toml"
        try:
            file.write_text(profile.to_toml(), encoding="utf-8", newline="")
        except UnicodeEncodeError:
            return
        assert load_profile(file) == profile
