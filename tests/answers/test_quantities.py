"""Numbers with their units are found whole, those that belong to names are not, and the same value is the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answers.quantities import _expression, _year_with_unit, quantities, same_quantity, values

WHOLE = [
    ("A 4-year-old girl", "duration", "4-year-old"),
    ("aged 18–55 years and", "duration", "18–55 years"),
    ("for 4 weeks.", "duration", "4 weeks"),
    ("lasted for12 minutes.", "duration", "12 minutes"),
    ("received 5,040 cGy in", "measure", "5,040 cGy"),
    ("got 7 mg/kg of it", "measure", "7 mg/kg"),
    ("7 mg/kg twice daily for", "measure", "7 mg/kg twice daily"),
    ("at 100 mg m−2 day−1 for", "measure", "100 mg m−2 day−1"),
    ("fever of ≥ 38 °C was", "measure", "≥ 38 °C"),
    ("was 27.8±1.3 kg/m2 in", "measure", "27.8±1.3 kg/m2"),
    ("it cost $2,274 a head", "measure", "$2,274"),
    ("about 2 × 10^5 in all", "number", "2 × 10^5"),
    ("about 5 mg kg^-1 day^-1 in all", "measure", "5 mg kg^-1 day^-1"),
    ("they were 23 kg/m^2.", "measure", "23 kg/m^2"),
    ("they were 12 cm^-2.", "measure", "12 cm^-2"),
    ("they were 350 mm^3 or 23 mm^-2 large", "measure", "350 mm^3 or 23 mm^-2"),
    ("about 3.2 million in all", "number", "3.2 million"),
    ("thirty-one women were", "number", "thirty-one women"),
    ("a 10-item questionnaire", "number", "10-item"),
    ("rose threefold.", "number", "threefold"),
    ("in three of nine patients with", "share", "three of nine patients"),
    ("nine out of 522 patients had", "share", "nine out of 522 patients"),
    ("in one third.", "share", "one third"),
    ("in half of them", "share", "half"),
    ("fell by 12.5 per cent in", "share", "12.5 per cent"),
    ("rose from −0.5 to +7.93 ± 1.4% in", "share", "−0.5 to +7.93 ± 1.4%"),
    ("95 % CI 1.2–3.4, which", "interval", "95 % CI 1.2–3.4"),
    ("(95% CI [1.2 to 5.4], which)", "interval", "95% CI [1.2 to 5.4]"),
    ("was lower (p < 0.001).", "p", "p < 0.001"),
    ("was given twice daily.", "frequency", "twice daily"),
    ("was given every 8 hours.", "frequency", "every 8 hours"),
    ("was given three times a week.", "frequency", "three times a week"),
    ("a dose of 2000 mg was", "measure", "2000 mg"),
    ("after 1600 days, he", "duration", "1600 days"),
    ("was born in March 2011.", "date", "March 2011"),
    ("on 12 March 2011, she", "date", "12 March 2011"),
    ("was done from 2005–2010 in", "date", "2005–2010"),
    ("on days 5 and 10, the", "date", "days 5 and 10"),
    ("with grade 3 rash", "grade", "grade 3"),
]


@pytest.mark.parametrize(("text", "kind", "expected"), WHOLE)
def test_a_quantity_is_found_whole(text: str, kind: str, expected: str) -> None:
    assert [(quantity.text, quantity.kind) for quantity in quantities(text)] == [(expected, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "as shown [3] by others [4, 5], and by Smith et al. [6].",
        "as shown by Smith et al. 2010 and by others (Jones, 2011).",
        "see Fig. 2, Table 1 and Supplementary Figure S3 (Table 4).",
        "PAX3, CD34, HIV-1, COVID-19, IL-2, p53, H1N1 and 18F-FDG",
        "5-FU, 6-mercaptopurine and 25-hydroxyvitamin D",
        "as shown before.12 We and trials14 agree,15 too",
        "its half-life was short, nobody knew how short",
        "",
    ],
)
def test_numbers_of_names_and_of_references_are_none(text: str) -> None:
    assert quantities(text) == ()


SAME = [
    ("five", "5"),
    ("thirty-one women", "31"),
    ("2 weeks", "14 days"),
    ("4-year-old", "four years"),
    ("48 months", "4 years of age"),
    ("mg", "milligrams"),
    ("5 mg", "5 milligrams"),
    ("0.005 g", "5 mg"),
    ("5,040 cGy", "50.4 Gy"),
    ("5\u2009040 cGy", "5040 cGy"),
    ("40 %", "40 percent"),
    ("40%", "40 per cent"),
    ("half", "50%"),
    ("one quarter", "25 %"),
    ("7 mg/kg", "7 mg per kg"),
    ("7 mg/kg", "7 mg kg−1"),
    ("twice daily", "2 times a day"),
    ("twice a day", "every 12 hours"),
    ("three times a day", "tid"),
    ("50 mg daily", "50 mg/day"),
    ("50 mg once daily", "50 mg per day"),
    ("2 × 10^5", "200,000"),
    ("2 × 10⁵", "0.2 million"),
    ("12 March 2011", "March 12, 2011"),
    ("two to five mg", "2–5 mg"),
    ("1·5 mg", "1.5 mg"),
    ("p < 0.001", "P<.001"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_quantity_however_it_is_written(one: str, other: str) -> None:
    if values(one):
        assert same_quantity(one, other)
        assert same_quantity(other, one)
    else:
        assert not same_quantity(one, other), "a unit without a number is no quantity"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 mg", "5 ml"),
        ("5 mg", "5 g"),
        ("5 mg", "6 mg"),
        ("5 mg/kg", "5 mg"),
        ("5 mg/kg", "5 mg/m2"),
        ("2 weeks", "2 days"),
        ("twice daily", "twice weekly"),
        ("2–5 mg", "2 mg"),
        ("March 2011", "April 2011"),
        ("−0.5", "0.5"),
        ("5 µmol", "5 mmol"),
        ("words", "words"),
    ],
)
def test_different_quantities(one: str, other: str) -> None:
    assert not same_quantity(one, other)


@given(st.integers(0, 999_999))
def test_a_separator_of_thousands_changes_nothing(number: int) -> None:
    assert same_quantity(f"{number:,} mg", f"{number} milligrams")
    assert same_quantity(f"{number:,}".replace(",", "\u202f"), str(number))


@given(st.lists(st.sampled_from([*(text for text, *_ in WHOLE), " ", "[3]", "CD34", "(", "%", "–", "mg", "½", "\x00"])))
def test_quantities_stand_in_order_where_they_say(parts: list[str]) -> None:
    text = " ".join(parts)
    end = 0
    for quantity in quantities(text):
        assert end <= quantity.start < quantity.end <= len(text)
        assert text[quantity.start : quantity.end] == quantity.text
        assert any(letter.isalnum() or letter == "½" for letter in quantity.text)
        end = quantity.end


@given(st.text(alphabet="0123456789.,-–/()[] %×^pPIVaegm°½\n", max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    for quantity in quantities(text):
        assert same_quantity(quantity.text, quantity.text) or not values(quantity.text)


@pytest.mark.parametrize("part", ["1 ", "1,000", "one ", "10 mg ", "(", "1-", "95 % CI ", "mg/", "(A, ", "1 of ", " "])
def test_a_long_text_takes_no_longer_than_its_length(part: str) -> None:
    """It ends, which a pattern that tries every way to read it would not."""
    quantities(part * (20_000 // len(part)))


@pytest.mark.parametrize(
    "text", [*(text for text, *_ in WHOLE), "in the 1980s", "May to April 1980s", "since 2003, 1 g"]
)
def test_the_short_expression_finds_what_the_long_one_finds(text: str) -> None:
    """The long one knows the units behind years, and is made only for texts that have any: it takes a fifth of a
    second."""
    short, long = (_expression(units_behind_years=behind) for behind in (False, True))
    assert len(short.pattern) < len(long.pattern) / 2
    found = [[(match.span(), match.lastgroup) for match in one.finditer(text)] for one in (short, long)]
    assert (found[0] == found[1]) or _year_with_unit().search(text)


def test_a_year_with_a_unit_behind_it_is_no_year() -> None:
    assert _year_with_unit().search("a dose of 2000 mg was")
    assert not any(
        _year_with_unit().search(text) for text in ("in May 2000, he", "in the 1980s", "of 20000 mg", "2200 g")
    )
    assert [one.kind for one in quantities("from 1998 on 1800 mg, 2001")] == ["date", "measure", "date"]
