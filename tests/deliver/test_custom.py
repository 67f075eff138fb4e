"""A person's own templates: they take the place of ours, and can harm nothing."""

from datetime import UTC

import pytest

from monitor.deliver.custom import CustomWording
from monitor.deliver.wording import Wording
from monitor.model import Templates
from tests.deliver.stories import FETCHED, hostile_titles, make_delivery, titled
from tests.deliver.test_bulletins import make_digest, make_notice

OURS = Wording(UTC).write_letter(make_delivery())


def custom(subject: str | None = None, text: str | None = None, html: str | None = None) -> CustomWording:
    return CustomWording(UTC, Templates(subject=subject, text=text, html=html))


def test_without_templates_the_words_are_ours() -> None:
    assert custom().write_letter(make_delivery()) == OURS


def test_each_template_takes_the_place_of_one_part() -> None:
    letter = custom(subject="{{ alert.source }}: {{ alert.rule }}\n").write_letter(make_delivery())
    assert letter.subject == "The Ansel Gazette: ferries"
    assert (letter.text, letter.html) == (OURS.text, OURS.html)
    letter = custom(text="{{ alert.url }}\n", html="<p>{{ alert.rule }}</p>").write_letter(make_delivery())
    assert (letter.subject, letter.text, letter.html) == (
        OURS.subject,
        f"{make_delivery().article.url}\n",
        "<p>ferries</p>",
    )


def test_page_text_is_escaped_in_html_and_never_a_template() -> None:
    wording = custom(html="{% for piece in alert.title %}{{ piece.text }}{% endfor %}")
    html = wording.write_letter(titled("<script>{{ 7 * 7 }}</script>")).html
    assert html == "&lt;script&gt;{{ 7 * 7 }}&lt;/script&gt;"


def test_a_subject_is_one_clean_line_whatever_the_headline() -> None:
    wording = custom(subject="{% for piece in alert.title %}{{ piece.text }}{% endfor %}\r\nBcc: a@b.example")
    for number, title in enumerate(hostile_titles(60)):
        subject = wording.write_letter(titled(title, number)).subject
        assert subject
        assert "\n" not in subject
        assert "\r" not in subject


@pytest.mark.parametrize(
    "escape",
    [
        "{{ alert.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ alert.preview.fget.__globals__ }}",
        "{{ alert.paragraphs.append('x') }}",
        "{% for i in range(10000000) %}x{% endfor %}",
        "{{ 1 / 0 }}",
        "{{ alert.titel }}",
    ],
)
def test_what_a_template_may_not_do_gives_way_to_our_words_and_is_told_beforehand(escape: str) -> None:
    wording = custom(text=escape)
    assert wording.write_letter(make_delivery()).text == OURS.text
    with pytest.raises(ValueError, match=r"the template alert\.txt fails: "):
        wording.check(FETCHED)


def test_a_name_that_there_is_not_is_told_in_the_words_of_the_template() -> None:
    with pytest.raises(ValueError, match=r"alert\.txt fails: alert has no attribute 'titel'"):
        custom(text="{{ alert.titel }}").check(FETCHED)


def test_a_mistake_is_told_with_its_line() -> None:
    with pytest.raises(ValueError, match=r"the template alert\.html has a mistake in line 2: "):
        custom(html="<p>\n{% if %}")


def test_templates_that_work_pass_the_check() -> None:
    custom(subject="{{ alert.rule }}", text="{{ alert.published or 'undated' }}", html="x").check(FETCHED)


def test_a_digest_has_templates_of_its_own_and_an_alerts_are_not_used_for_it() -> None:
    digest = make_digest()
    wording = CustomWording(
        UTC,
        Templates(
            subject="alert",
            digest_subject="{{ digest.alerts }} for {{ digest.channel }}",
            digest_text="{% for s in digest.stories %}{{ s[0].rules }}: {% endfor %}{{ digest.receipt }}",
            digest_html="{% for story in digest.stories %}{{ story[0].alert.url }}{% endfor %}",
        ),
    )
    wording.check(FETCHED)
    letter = wording.write_letter(digest)
    assert (letter.subject, letter.text) == ("1 for desk", "ferries: 41 of 42 sources read")
    assert letter.html == "https://www.ansel-gazette.example/harbour/ferry?id=7&amp;lang=en"
    assert wording.write_letter(make_delivery()).subject == "alert"
    assert wording.write_letter(make_notice()) == Wording(UTC).write_letter(make_notice())


def test_a_digests_template_that_fails_gives_way_to_ours_and_is_told_beforehand() -> None:
    wording = CustomWording(UTC, Templates(digest_text="{{ digest.storys }}"))
    assert wording.write_letter(make_digest()) == Wording(UTC).write_letter(make_digest())
    with pytest.raises(ValueError, match=r"the template digest\.txt fails: "):
        wording.check(FETCHED)
