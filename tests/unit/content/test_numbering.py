"""Numbers to countries: as `phonenumbers` says, in every spelling, and never guessed."""

from __future__ import annotations

import random
import re
import string

import numpy as np
import pandas as pd
import phonenumbers
import pyarrow as pa
import pytest
from phonenumbers import PhoneMetadata, PhoneNumberType

from smsc_sim.content.errors import ContentError
from smsc_sim.content.numbering import REASONS, countries_of, read_numbers, regions
from smsc_sim.content.numbering_plan import LINES, derive_plan, load_plan

TYPES = (
    "fixed_line", "mobile", "premium_rate", "toll_free", "shared_cost", "voip", "personal_number",
    "pager", "uan", "voicemail",
)  # fmt: skip
LINE_OF = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "mobile or fixed",
}


def _examples() -> list[str]:
    """Example numbers of all types of all regions, international."""
    found = []
    for code, group in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        for region in group:
            metadata = (
                PhoneMetadata.metadata_for_nongeo_region(code)
                if region == "001"
                else PhoneMetadata.metadata_for_region(region)
            )
            for name in TYPES:
                example = getattr(getattr(metadata, name), "example_number", None)
                found += [f"+{code}{example}"] if example else []
    return found


def _neighbours(numbers: list[str], n: int, rng: random.Random) -> list[str]:
    """Numbers like those given: some digits differ, seldom one more or one less."""
    found = []
    while len(found) < n:
        digits = list(rng.choice(numbers))
        for _ in range(rng.choice([1, 2, 4, 6])):
            digits[rng.randrange(3, len(digits))] = rng.choice(string.digits)
        change = rng.random()
        if change < 0.03:
            digits.append(rng.choice(string.digits))
        elif change < 0.06:
            digits.pop()
        found.append("".join(digits))
    return found


def _walks(n: int, rng: random.Random) -> list[str]:
    """Numbers that our plan holds for whole, all countries alike: each step is some way to one."""
    plan = load_plan()
    steps = [[(d, int(s)) for d, s in enumerate(row) if s] for row in plan.step]
    found = []
    while len(found) < n:
        state, number = 1, "+"
        while plan.label[state] < 0 or (steps[state] and rng.random() < 0.5):
            digit, state = rng.choice(steps[state])
            number += str(digit)
        if len(number) <= 16:
            found.append(number)
    return found


def _number(text: str) -> phonenumbers.PhoneNumber | None:
    """Digits behind a plus sign as they stand, cut behind the country code.

    None above the 15 digits of E.164: `phonenumbers` has a few longer ones (+62 00180388344672).
    """
    if len(text) > 16:
        return None
    for length in (1, 2, 3):
        code, national = text[1 : 1 + length], text[1 + length :]
        if int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE and national:
            zeros = len(national) - len(national.lstrip("0"))
            return phonenumbers.PhoneNumber(
                country_code=int(code), national_number=int(national),
                italian_leading_zero=zeros > 0 or None, number_of_leading_zeros=zeros or None,
            )  # fmt: skip
    return None


def _said(number: phonenumbers.PhoneNumber | None) -> tuple[str | None, str | None]:
    """Country and line as `phonenumbers` says, None for no number.

    Its `number_type` finds the country once more, which takes half of the time.
    """
    region = None if number is None else phonenumbers.region_code_for_number(number)
    if region is None:
        return None, None
    metadata = (
        PhoneMetadata.metadata_for_nongeo_region(number.country_code)
        if region == "001"
        else PhoneMetadata.metadata_for_region(region)
    )
    national = phonenumbers.national_significant_number(number)
    line = phonenumbers.phonenumberutil._number_type_helper(national, metadata)
    return (None, None) if line == PhoneNumberType.UNKNOWN else (region, LINE_OF.get(line, "other"))


def _ours(texts: list[str]) -> list[tuple[str | None, str | None]]:
    found = countries_of(texts)[["country", "line"]].astype(object)
    return list(found.where(found.notna(), None).itertuples(index=False, name=None))


def _texts(n: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    texts = [*_examples(), *_walks(3 * n // 4, rng)]
    return texts + _neighbours(texts, n - len(texts), rng)


def test_countries_and_lines_are_those_of_phonenumbers() -> None:
    """100,000 numbers of all regions, valid ones and such that are none."""
    n = 100_000
    texts = _texts(n, seed=6)
    said = [_said(_number(text)) for text in texts]
    assert _ours(texts) == said
    assert sum(country is not None for country, _ in said) >= 0.8 * n
    # The patterns of EH, and nearly all of MF, are within those of MA and GP, which come first.
    assert set(regions()) - {country for country, _ in said} <= {"EH", "MF"}


def test_only_the_parser_of_phonenumbers_differs() -> None:
    """It takes away digits behind the country code that look like a trunk prefix; we take none.

    So it mends +44 (0)20 ..., which cannot be dialled as it stands and which we refuse, and spoils
    a few whole numbers such as +375 810 7653902, which the plan has.
    """
    texts = _texts(8_000, seed=7)
    n_differ = 0
    for text, ours in zip(texts, _ours(texts), strict=True):
        try:
            number = phonenumbers.parse(text, None)
        except phonenumbers.NumberParseException:
            assert ours == (None, None)
            continue
        said = _said(number)
        if ours != said:
            kept = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            assert kept != text and None in (ours[0], said[0])
            n_differ += 1
    assert 0 < n_differ < 160


def test_the_plan_that_is_shipped_is_the_one_of_the_metadata() -> None:
    """`python -m smsc_sim.content.numbering_plan` was run for the version that it names."""
    shipped = load_plan()
    if shipped.version != phonenumbers.__version__:
        pytest.skip(f"shipped for phonenumbers {shipped.version}, not {phonenumbers.__version__}")
    derived = derive_plan()
    assert (derived.regions, derived.trunk) == (shipped.regions, shipped.trunk)
    np.testing.assert_array_equal(derived.step, shipped.step)
    np.testing.assert_array_equal(derived.label, shipped.label)


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("US", "+1 415 555 2671"),
        ("CA", "+1 (416) 967-1111"),
        ("JM", "001.876.922.1234"),
        ("KN", "1 869 765 4321"),
        ("RU", "+7 912 345-67-89"),
        ("KZ", "+77012345678"),
        ("GB", "0044 7400 123456"),
        ("GG", "+44 7781 123456"),
        ("JE", "+44 7797 712345"),
        ("IM", "+44 7624 412345"),
        ("IT", "+39 06 1234 5678"),
        ("VA", "+39 06 698 12345"),
        ("NO", "+47 406 12 345"),
        ("SJ", "+47 79 12 34 56"),
        ("FI", "+358 40 1234567"),
        ("AX", "+358 18 12345"),
        ("AU", "+61 412 345 678"),
        ("CX", "+61 8 9164 1234"),
        ("MA", "+212 650-123456"),
        ("RE", "+262 692 12 34 56"),
        ("YT", "+262 639 01 23 45"),
        ("GP", "+590 690 00 12 34"),
        ("CW", "+599 9 518 1234"),
        ("BQ", "+599 318 1234"),
        ("XK", "+383 43 201 234"),
        ("001", "+881 6 1234 5678"),
    ],
)
def test_shared_codes_and_spellings(country: str, text: str) -> None:
    """Country codes that several countries share, with what people write between digits."""
    assert [str(name) for name in countries_of([text])["country"]] == [country]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        (" - ", "is empty"),
        ("+", "is empty"),
        ("0401234567", "has no country code"),
        ("call me", "holds something that is no digit"),
        ("4.41235E+11", "holds something that is no digit"),
        ("+44+7400123456", "holds something that is no digit"),
        ("+44740012345６", "holds something that is no digit"),
        ("+999 1234567", "begins with no country code that exists"),
        ("+0 1234567", "begins with no country code that exists"),
        ("+3", "is too short"),
        ("+35840", "is too short"),
        ("+1 415 555 26712", "is too long"),
        ("+44740012345678901234567890", "is too long"),
        ("+44 (0)20 7946 0018", "is not in the numbering plan of its country"),
        ("+1 155 555 2671", "is not in the numbering plan of its country"),
    ],
)
def test_what_is_no_number_is_told_and_not_guessed(text: str, reason: str) -> None:
    """A wrong number has a reason, and neither country nor digits."""
    found = read_numbers(["+447400123456", text])
    assert [REASONS[code] for code in found.reason] == ["", reason]
    assert (found.country[1], found.line[1], found.e164[1]) == (-1, -1, 0)
    assert (LINES[found.line[0]], found.e164[0]) == ("mobile", 447400123456)


def test_every_form_of_a_column_says_the_same() -> None:
    """Lists, NumPy, pandas, Arrow of every string type, dictionaries, integers and slices."""
    texts = ["+447400123456", "+18697654321", "358401234567", "+358"]
    expected = countries_of(texts)
    arrow = pa.array(texts)
    forms = [
        np.array(texts), np.array(texts, object), arrow, arrow.cast(pa.large_string()),
        arrow.cast(pa.string_view()), arrow.dictionary_encode(), pa.chunked_array([arrow]),
        pa.array(["x", *texts, "y"]).slice(1, 4), np.array([447400123456, 18697654321,
        358401234567, 358]), pd.Series(texts, dtype="string"), pd.Series(texts, dtype="category"),
        pa.chunked_array([arrow.slice(0, 1), arrow.slice(1, 0), arrow.slice(1)]),
    ]  # fmt: skip
    for form in forms:
        pd.testing.assert_frame_equal(countries_of(form), expected)
    series = pd.Series(texts, index=[7, 5, 3, 1])
    assert list(countries_of(series).index) == [7, 5, 3, 1]
    missing = countries_of(["+447400123456", None])
    assert missing["reason"].iloc[1] == "is empty"
    assert len(countries_of([])) == len(countries_of(pa.array([], pa.string()))) == 0


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ("+44", "numbers: needs several numbers (got one); put it into a list"),
        (
            np.array([4.4e11]),
            "numbers: must be texts or whole numbers (got Arrow double); read them as texts",
        ),
    ],
)
def test_other_columns_are_refused(numbers: object, sentence: str) -> None:
    """What cannot hold numbers is told in one sentence."""
    with pytest.raises(ContentError, match=f"^{re.escape(sentence)}$"):
        read_numbers(numbers)


def test_a_list_of_both_kinds_is_refused() -> None:
    """Texts and integers in one list are no column."""
    with pytest.raises(ContentError, match=r"^numbers: must all be texts, or all whole numbers"):
        read_numbers(["+44", 44])
