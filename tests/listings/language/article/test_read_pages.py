"""The article of a web page, read from its HTML."""

from hypothesis import given
from hypothesis import strategies as st

from listings.language.article.pages import read_page
from listings.language.article.passages import Article

PAGE = b"""<!doctype html><html><head><title>Skoda Elroq review | Example</title>
<meta property="og:title" content="Skoda Elroq review">
<meta name="keywords" content="skoda, elroq">
<script type="application/ld+json">{"about": [{"name": "Electric cars"}]}</script>
</head><body>
<nav><p>Audi BMW Ford</p></nav>
<article class="teaser-free"><h1>Skoda Elroq review</h1>
<p>The <b>Elroq</b> is Skoda's first compact electric SUV.</p>
<h2>Inside</h2>
<div class="related"><p>Bugatti Chiron review</p></div>
<p>There is room for five.<script>alert("Ford")</script></p>
<aside><p>Latest drives</p></aside>
</article><article><p>Another.</p></article>
<footer><p>Example Ltd</p></footer></body></html>"""


def test_an_article_is_read_without_what_stands_around_it() -> None:
    assert read_page(PAGE) == Article(
        title="Skoda Elroq review",
        headings=("Inside",),
        text="Skoda Elroq review\nThe Elroq is Skoda's first compact electric SUV.\nInside\n"
        "There is room for five.",
        tags=("skoda", "elroq", "Electric cars"),
    )


def test_a_page_without_an_article_gives_its_text() -> None:
    assert read_page(b"<title>Cars</title><p>A Ford Puma.") == Article("Cars", text="A Ford Puma.")


def test_nothing_gives_nothing() -> None:
    assert read_page(b"") == Article()


@given(st.binary(max_size=500) | st.text(alphabet="<>/apdiv\"'= &;!-[]").map(str.encode))
def test_no_bytes_break_it(body: bytes) -> None:
    read_page(body)
