"""The data that the template sets, and the PDF of ordinary and of difficult results."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest

from smsc_sim.report import document
from smsc_sim.report.figures import FIGURES, draw, figures_of
from smsc_sim.report.style import nothing_to_draw
from smsc_sim.results.estimates import Estimates

SPECIAL = '#let $x$ *b* _u_ @r <t> [c] {d} \\n `e` ~ // "q" \'= -'


def texts(pdf: bytes) -> list[str]:
    """Text of each page, with every run of white space as one blank."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return [re.sub(r"[\s\u200b\u00a0]+", " ", page.extract_text()) for page in pages]


def text_only(estimates: Estimates) -> bytes:
    """PDF whose figures are small, for tests of the words."""
    chart = nothing_to_draw("figure")
    pdf: bytes = document.typeset(estimates, dict.fromkeys(figures_of(estimates), chart))
    return pdf


def test_special_characters_are_set_as_they_are(make: Callable[..., Estimates]) -> None:
    """Every character that typst reads as markup arrives on the page as text."""
    estimates = make(
        classes=(SPECIAL, "otp"),
        elements=("north", "a#b$c"),
        replications=2,
        targets=({"name": SPECIAL, "kind": "ratio", "class": SPECIAL, "at_least": 0.5},),
        manifest={"name": SPECIAL, "description": f"d {SPECIAL}", "notes": [SPECIAL],
                  "not_for_decisions": [SPECIAL], "resolved": f"a: {SPECIAL}\n"},
    )  # fmt: skip
    pages = texts(text_only(estimates))
    assert all(SPECIAL in page for page in pages)
    assert f"d {SPECIAL}" in pages[0] and "class " + SPECIAL in pages[0]
    assert f"a: {SPECIAL}" in " ".join(pages)


def test_banner_is_on_every_page_or_on_none(
    make: Callable[..., Estimates], usual: Estimates
) -> None:
    """'Not for decisions' with its reasons heads each page of such a run, and no page else."""
    marked = make(replications=2, manifest={"not_for_decisions": ["scaled to 10 %", "window"]})
    pages = texts(text_only(marked))
    assert len(pages) > 3
    assert all("Not for decisions: scaled to 10 %; window" in page for page in pages)
    assert not any("Not for decisions" in page for page in texts(text_only(usual)))


def test_badges_are_words_and_not_only_colours(usual: Estimates) -> None:
    """Each verdict stands on page 1 as a word beside its target."""
    first = texts(text_only(usual))[0]
    for verdict in usual.targets:
        assert verdict.text in first and verdict.reason in first and verdict.status in first


def test_long_tables_repeat_their_heads(make: Callable[..., Estimates]) -> None:
    """60 countries fill two pages; both name the columns, and no country is missing."""
    codes = tuple(f"Q{a}{b}" for a in "ABCDEF" for b in "ABCDEFGHIJ")
    pages = texts(text_only(make(countries=codes, replications=2)))
    listed = [page for page in pages if "Cost per delivered (a2p)" in page and "Q" in page]
    assert all(any(code in page for page in pages) for code in codes)
    assert len([page for page in listed if re.search(r"\bQ[A-F][A-J] ", page)]) >= 2


def test_provenance_is_complete(usual: Estimates) -> None:
    """Digest, seed, versions, files, the resolved scenario and all definitions are printed."""
    whole = " ".join(texts(text_only(usual)))
    manifest = usual.manifest
    wanted = [manifest["digest"], "list-2026", "numba 0.68.1", "smscs.north.rate: 400 msg/s"]
    wanted += [file["sha256"] for file in manifest["files"]]
    wanted += [line.strip() for line in manifest["resolved"].splitlines()]
    for _, rows in document.tables.definitions(usual):
        wanted += [definition for _, _, definition in rows]
    for words in wanted:
        assert re.sub(r"\s+", " ", words) in whole


def test_times_of_measurement_stay_out_of_the_pdf(
    make: Callable[..., Estimates], usual: Estimates
) -> None:
    """A slower machine gives the same bytes: no wall time, no memory, no date of today."""
    slow = {"wall_seconds": 1e6, "engine_seconds": 5.0, "peak_memory_bytes": 7}
    assert text_only(make(manifest=slow)) == text_only(usual)


def test_document_properties_are_those_of_the_scenario(usual: Estimates) -> None:
    """Title and date of the file come from the scenario."""
    reader = pypdf.PdfReader(io.BytesIO(text_only(usual)))
    assert reader.metadata is not None
    assert reader.metadata.title == "quickstart"
    assert str(reader.metadata["/CreationDate"]).startswith("D:20261231")


def test_all_fonts_are_embedded_and_shipped(usual: Estimates) -> None:
    """The text uses DejaVu only, which typst and matplotlib bring along."""
    fonts = set()
    for page in pypdf.PdfReader(io.BytesIO(text_only(usual))).pages:
        for font in page["/Resources"]["/Font"].values():
            fonts.add(str(font.get_object()["/BaseFont"]).partition("+")[2])
    assert fonts and all(name.startswith("DejaVu") for name in fonts)


@pytest.mark.parametrize(
    "changes",
    [
        {"classes": ("otp",), "countries": ("FI",), "elements": ("north",), "outages": (),
         "replications": 1, "targets": ()},
        {"delivers": False, "has_queues": False, "replications": 2},
    ],
    ids=["small", "nothing delivered"],
)  # fmt: skip
def test_difficult_results_are_set_whole(
    make: Callable[..., Estimates], changes: dict[str, Any]
) -> None:
    """Neither a single replication nor a run without deliveries prints nan, inf or None."""
    estimates = make(**changes)
    words = " ".join(texts(text_only(estimates)))
    assert not re.search(r"\b(nan|inf|None)\b", words)
    assert ("One replication: no intervals." in words) == (changes["replications"] == 1)
    assert ("The scenario sets no targets." in words) == (changes.get("targets") == ())


def test_report_writes_what_it_is_asked_for(usual: Estimates, tmp_path: Path) -> None:
    """PNG alone gives a file for each figure; an unknown format is refused before any work."""
    written = document.write_report(usual, tmp_path, ("png",))
    assert {path.name for path in written} == {f"{name}.png" for name in FIGURES}
    assert sorted(tmp_path.rglob("*.*")) == sorted(written)
    with pytest.raises(ValueError) as caught:
        document.write_report(usual, tmp_path / "x", ("docx",))
    assert str(caught.value) == "no report format 'docx'; use pdf or png"
    assert not (tmp_path / "x").exists()


def test_figures_are_in_the_pdf(usual: Estimates) -> None:
    """Figures are part of the pages, and each is described for readers who cannot see it."""
    charts = {name: nothing_to_draw("figure") for name in FIGURES}
    pdf = document.typeset(usual, {**charts, "causes": draw(usual, "causes")})
    assert "share of all attempts [%]" in " ".join(texts(pdf))
    assert "share of all attempts [%]" not in " ".join(texts(text_only(usual)))
    assert "Share of attempts that failed, by cause" in alternatives(pdf)


def alternatives(pdf: bytes) -> set[str]:
    """Alternative texts of the pictures."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    found = set()
    for number in range(1, int(reader.trailer["/Size"])):
        item = reader.get_object(number)
        if isinstance(item, dict) and "/Alt" in item:
            found.add(str(item["/Alt"]))
    return found


def test_every_page_of_the_maps_is_in_the_pdf(make: Callable[..., Estimates]) -> None:
    """100 elements need two pages of each map; both are set and described."""
    large = make(elements=tuple(f"link_{i:03}" for i in range(100)), replications=2)
    further = [name for name in figures_of(large) if name not in FIGURES]
    assert further == ["utilisation_map_2", "queue_map_2"]
    charts = {n: nothing_to_draw(f"picture of {n}.") for n in figures_of(large)}
    whole = " ".join(texts(document.typeset(large, charts)))
    places = [whole.index(f"picture of {name}.") for name in figures_of(large)]
    assert places == sorted(places)


def test_long_scenarios_take_two_columns(make: Callable[..., Estimates]) -> None:
    """Of 250 short lines none is lost, and they take two pages at most."""
    lines = [f"key_{i:03}: value" for i in range(250)]
    pages = texts(text_only(make(replications=1, manifest={"resolved": "\n".join(lines)})))
    found = [page for page in pages if re.search(r"key_\d\d\d: value", page)]
    assert len(found) <= 2
    assert all(line in " ".join(found) for line in lines)


def test_the_most_loaded_element_is_no_account_and_no_pool(make: Callable[..., Estimates]) -> None:
    """The busiest names are an account and pools; the summary names the link set after them."""
    names = ("shop account", "shop window", "north store", "north dialogues", "home-a", "home")
    assert document.summary.worst_element(make(elements=names)) == ("element", "home-a")
    admission = ("shop account", "north admission", "home-a")
    assert document.summary.worst_element(make(elements=admission)) == (
        "element",
        "north admission",
    )
    assert document.summary.worst_element(make(elements=("shop account",))) is None
