"""Which addresses a standby may answer."""

from django.urls import get_resolver

from marketplace.databases.standby_reads import PUBLIC_READS


def test_every_public_read_is_the_name_of_an_address() -> None:
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}

    assert names >= PUBLIC_READS
