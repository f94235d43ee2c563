"""Text that any voice reads well."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.speakable import speakable


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("I am doing 38 km/h.", "I am doing 38 kilometres per hour."),
        ("1 km/h over, 1 m", "1 kilometre per hour over, 1 metre"),
        ("1.0 m and 0.5 s", "1.0 metres and 0.5 seconds"),
        ("In 1,200 m", "In 1200 metres"),
        ("a gap of 3–5 s", "a gap of 3 to 5 seconds"),
        ("3-5 m", "3 to 5 metres"),
        ("a 30-m gap", "a 30 metre gap"),
        ("at -3.2 m/s²", "at minus 3.2 metres per second squared"),
        ("−4 °C, 80 %", "minus 4 degrees Celsius, 80 percent"),
        ("65 mph (105 km/h)", "65 miles per hour (105 kilometres per hour)"),
        ("It was seen 12.4 s ago", "It was seen 12.4 seconds ago"),
        ("~200 m ahead", "about 200 metres ahead"),
        ("Take exit 12", "Take exit twelve"),
        ("Exit 204B, then exit 3 on the left", "Exit two oh four B, then exit three on the left"),
        ("I-95, US-101 and the A9", "I ninety-five, U S one oh one and the A nine"),
        ("Route 66", "Route sixty-six"),
        ("arriving at 14:05, not 14:00", "arriving at fourteen oh five, not fourteen o'clock"),
        ("e.g. a van, i.e. that one", "for example a van, that is that one"),
        ("on Main St. and Elm Ave.", "on Main Street and Elm Avenue"),
        ("I am on Main St. It is closed", "I am on Main Street. It is closed"),
        ("ETA 5 min", "E T A 5 minutes"),
        ("left/right", "left or right"),
        ("**No.** See [the docs](http://a/b).", "No. See the docs."),
        ("go to https://a.b/c now", "go to a link now"),
        ("lane #2", "lane number 2"),
        ("Okay 🙂 — slowing", "Okay, slowing"),
        ("two\nlines\x07", "two lines"),
        ("speed ≤ 30", "speed at most 30"),
    ],
)
def test_reads_well(written: str, spoken: str) -> None:
    assert speakable(written) == spoken


@pytest.mark.parametrize(
    "text",
    [
        "Okay, slowing down.",
        "I won't hit that: it is somebody's property.",
        "The 2nd car, a 4x4 in 3D, is well-known.",
        "We wait for version 1.2.3 of R03.",
        "I am 5 cars behind; I don't see more.",
        "",
    ],
)
def test_plain_words_are_left_alone(text: str) -> None:
    assert speakable(text) == text


@given(st.text())
def test_any_text_becomes_one_clean_line(text: str) -> None:
    spoken = speakable(text)
    assert spoken == " ".join(spoken.split())
    assert all(ord(character) >= 32 for character in spoken)
