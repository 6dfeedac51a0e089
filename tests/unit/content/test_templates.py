"""Texts with placeholders."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsc_sim.content.errors import ContentError
from smsc_sim.content.templates import check_names, merged, parse_template

words = st.text("ab {}é", max_size=8)


@given(st.lists(st.tuples(words, st.sampled_from(["", "name", "town"])), max_size=5))
def test_merged_texts_are_the_pieces_put_together(parts: list[tuple[str, str]]) -> None:
    """For any words with braces doubled, merging gives back the words and the attributes."""
    columns = {
        "name": pa.array(["Ana", "{0.__class__}"], pa.large_string()),
        "town": pa.array(["Oulu", ""], pa.large_string()),
    }
    text = "".join(
        word.replace("{", "{{").replace("}", "}}") + (f"{{{name}}}" if name else "")
        for word, name in parts
    )
    found = merged(parse_template(text), columns, 2).to_pylist()
    for row in range(2):
        wanted = "".join(
            word + (columns[name][row].as_py() if name else "") for word, name in parts
        )
        assert found[row] == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hi {name", "position 4: has a { alone; write {{ for a brace"),
        ("Hi name}", "position 8: has a } alone; write }} for a brace"),
        ("Hi {}", "position 4: has no name in {}; write e.g. {first_name}"),
        ("{a.b}", "position 1: has no name in {a.b}; write e.g. {first_name}"),
        ("{a[0]}", "position 1: has no name in {a[0]}; write e.g. {first_name}"),
        ("{a!r}", "position 1: has no name in {a!r}; write e.g. {first_name}"),
    ],
)
def test_braces_that_make_no_sense_are_refused(text: str, said: str) -> None:
    """With the position; nothing of Python's formatting is understood."""
    with pytest.raises(ContentError) as error:
        parse_template(text)
    assert str(error.value) == said


def test_unknown_placeholders_are_refused() -> None:
    """With the nearest name there is."""
    with pytest.raises(ContentError) as error:
        check_names(parse_template("Hi {first_nam}"), ("number", "first_name"))
    assert str(error.value) == "nothing is called {first_nam}; did you mean {first_name}?"


def test_a_missing_attribute_makes_a_missing_text() -> None:
    """Nobody is written to with a hole in the text."""
    columns = {"name": pa.array(["Ana", None], pa.large_string())}
    assert merged(parse_template("Hi {name}"), columns, 2).to_pylist() == ["Hi Ana", None]
    assert merged(parse_template("Hi"), {}, 2).to_pylist() == ["Hi", "Hi"]
