"""Which addresses people may be offered."""

from __future__ import annotations

from itilcore.incident import is_link


def test_links_lead_to_http_only():
    assert is_link("HTTPS://x.example/a?b=c#d")
    assert not any(
        map(
            is_link,
            [
                "",
                "http://",
                "http://a\nb",
                "http://" + "x" * 2_001,
                'http://"',
                "file:///etc/passwd",
                5,
                None,
            ],
        )
    )
