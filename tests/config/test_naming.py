"""What a source without a name is called, and that its history can be found again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import Config
from monitor.config.naming import name_sources, names_of_url
from monitor.text.urls import normalise_url

Read = Callable[..., Config]


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("https://www.example.org/", ("example.org",)),
        ("https://example.org/world/Asia/", ("example.org", "example.org-world-Asia")),
        ("https://example.org/?lang=hy", ("example.org", "example.org-lang-hy")),
        ("http://127.0.0.1:8001/", ("127.0.0.1:8001",)),
        ("https://xn--29an0b6abj.xn--y9a3aq/", ("լուրեր.հայ",)),
        ("https://example.org/%D5%AC%D5%B8%D6%82%D6%80", ("example.org", "example.org-լուր")),
    ],
)
def test_a_url_names_itself_by_host_and_by_host_and_path(url: str, names: tuple[str, ...]) -> None:
    assert names_of_url(url) == names


def test_the_second_source_of_a_host_goes_by_its_path_wherever_names_were_given(read: Read) -> None:
    config = read(
        "sources:\n"
        "  - https://a.example/world\n"
        "  - https://www.a.example/city\n"
        "  - { name: b.example, url: https://c.example/ }\n"
        "  - https://b.example/news\n"
    )
    assert [s.name for s in config.sources] == ["a.example", "a.example-city", "b.example", "b.example-news"]


def test_a_source_carries_the_names_it_may_have_borne(read: Read) -> None:
    """Naming a source, or adding one above it, finds the old row by one of these and its URL."""
    nameless = read("sources:\n  - https://a.example/world\n").sources[0]
    named = read("sources:\n  - { name: gazette, url: https://a.example/world }\n").sources[0]
    below = read("sources:\n  - https://a.example/\n  - https://a.example/world\n").sources[1]
    assert (nameless.name, nameless.former_names) == ("a.example", ("a.example-world",))
    assert nameless.name in named.former_names
    assert below.name == "a.example-world"
    assert nameless.name in below.former_names
    assert nameless.url == named.url == below.url


urls = st.builds(
    lambda host, path: normalise_url(f"https://{host}.example/{path}"),
    st.sampled_from(["a", "b", "www.a"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\\"), max_size=5),
)


@given(st.lists(st.tuples(st.none() | st.sampled_from(["x", "a.example"]), urls), max_size=6))
def test_names_collide_only_where_it_is_told(named: list[tuple[str | None, str]]) -> None:
    namings = name_sources(named)
    free = [naming.name for naming in namings if naming.taken_by is None]
    assert len(free) == len(set(free))
    for (given_name, _), naming in zip(named, namings, strict=True):
        assert given_name in {None, naming.name}
        assert naming.name not in naming.former_names
        if naming.taken_by is not None:
            assert namings[naming.taken_by].name == naming.name
