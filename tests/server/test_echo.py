"""Own words and other people's words."""

import pytest

from server.echo import is_echo

SPOKEN = "The car is slowing down because a van is braking ahead."


@pytest.mark.parametrize(
    ("heard", "echo"),
    [
        ("the car is slowing down", True),
        ("Because a van is breaking ahead", True),
        ("stop the car", False),
        ("take the next exit", False),
        ("", False),
    ],
)
def test_words_the_car_is_saying_are_its_echo(heard: str, echo: bool) -> None:
    assert is_echo(heard, SPOKEN) is echo


def test_nothing_is_an_echo_while_the_car_is_silent() -> None:
    assert not is_echo("the car", "")
