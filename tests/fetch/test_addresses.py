"""Which addresses are public."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch.addresses import is_never_allowed, is_public


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.8.0.9"),
        *("168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1"),
        *("192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.250"),
        *("240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "2001::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1"),
        *(
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::7f00:1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "100::1",
            "3fff::1",
        ),
        *("5f00::1", "4000::1"),
    ],
)
def test_an_address_that_only_some_can_reach_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.1", "192.0.1.1", "198.20.0.1", "223.255.255.255"),
        *("2606:4700:4700::1111", "2a00:1450::1", "2001:4860:4860::8888", "::ffff:8.8.8.8"),
        *("64:ff9b::808:808", "2002:808:808::1"),
    ],
)
def test_an_address_that_all_can_reach_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses())
def test_what_is_never_allowed_is_not_public_either(address: IPv4Address | IPv6Address) -> None:
    assert not (is_never_allowed(address) and is_public(address))


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "64:ff9b::a9fe:a9fe", "::ffff:a9fe:a9fe", "fe80::1", "192.0.0.192"]
)
def test_metadata_services_are_never_allowed(address: str) -> None:
    assert is_never_allowed(ip_address(address))


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "192.168.1.1", "::1", "fd00::1", "8.8.8.8"])
def test_private_addresses_can_be_allowed(address: str) -> None:
    assert not is_never_allowed(ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_in_every_form_that_carries_it(address: IPv4Address) -> None:
    number = int(address)
    mapped = IPv6Address((0xFFFF << 32) | number)
    nat64 = IPv6Address((0x0064FF9B << 96) | number)
    six_to_four = IPv6Address((0x2002 << 112) | (number << 80) | 1)
    assert {is_public(form) for form in (mapped, nat64, six_to_four)} == {is_public(address)}


@given(st.ip_addresses())
def test_nothing_counts_as_public_that_the_standard_library_knows_is_not(
    address: IPv4Address | IPv6Address,
) -> None:
    if (
        is_public(address)
        and not getattr(address, "sixtofour", None)
        and not getattr(address, "ipv4_mapped", None)
    ):
        assert address.is_global or address in _NAT64


class _Nat64:
    def __contains__(self, address: object) -> bool:
        return str(address).startswith("64:ff9b::")


_NAT64 = _Nat64()
