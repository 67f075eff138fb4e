"""Which addresses are public: the table behind the guard.

Position: asked by `transport` before each connection. Pure.

`ipaddress.is_global` will not do: Python 3.11 counts 192.0.0.192 (a cloud's metadata service) as
global, and no release looks inside the IPv6 forms that carry an IPv4 address. The table follows the
IANA special-purpose address registries (RFC 6890), read strictly: what news sites have no use for is
not public.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

NOT_PUBLIC_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network, RFC 791; Linux connects 0.0.0.0 to itself
            "10.0.0.0/8",  # private, RFC 1918
            "100.64.0.0/10",  # carrier NAT, RFC 6598; a cloud's metadata service
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # a cloud's host, reached from its guests only
            "169.254.0.0/16",  # link local, RFC 3927; metadata services
            "172.16.0.0/12",  # private, RFC 1918
            "192.0.0.0/24",  # protocol assignments, RFC 6890; a cloud's metadata service
            "192.0.2.0/24",  # documentation, RFC 5737
            "192.31.196.0/24",  # AS112, RFC 7535
            "192.52.193.0/24",  # AMT, RFC 7450
            "192.88.99.0/24",  # 6to4 relays, RFC 7526
            "192.168.0.0/16",  # private, RFC 1918
            "192.175.48.0/24",  # AS112, RFC 7534
            "198.18.0.0/15",  # benchmarks, RFC 2544
            "198.51.100.0/24",  # documentation, RFC 5737
            "203.0.113.0/24",  # documentation, RFC 5737
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)

UNICAST_V6 = IPv6Network("2000::/3")
"""All that is handed out to the public (RFC 4291, 2.4); loopback, local and multicast lie outside."""

NOT_PUBLIC_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments, RFC 2928; Teredo among them
            "2001:db8::/32",  # documentation, RFC 3849
            "2620:4f:8000::/48",  # AS112, RFC 7534
            "3fff::/20",  # documentation, RFC 9637
        ),
    )
)

NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are the IPv4 address that is reached."""


NEVER = tuple(
    map(
        ip_network,
        (
            "169.254.0.0/16",  # link local: AWS, Azure, Google and most others
            "fe80::/10",  # link local
            "100.100.100.200/32",  # Alibaba
            "168.63.129.16/32",  # Azure
            "192.0.0.192/32",  # Oracle
            "fd00:ec2::254/128",  # AWS
            "fd20:ce::254/128",  # Google
        ),
    )
)
"""Where clouds hand out credentials to whoever asks. Nobody publishes news there, so not even a source
that may be private is followed to it."""


def is_never_allowed(address: IPv4Address | IPv6Address) -> bool:
    """Return whether `address` is refused even where private ones are permitted."""
    if isinstance(address, IPv6Address) and (embedded := _embedded(address)) is not None:
        return is_never_allowed(embedded)
    return any(address in network for network in NEVER)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether `address` is one that anybody on the internet reaches alike.

    An IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4) is as public as that.
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_V4)
    embedded = _embedded(address)
    if embedded is not None:
        return is_public(embedded)
    return address in UNICAST_V6 and not any(address in network for network in NOT_PUBLIC_V6)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
