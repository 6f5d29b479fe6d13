//! Addresses of the public internet.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether `text` is an IPv4 address that can belong to somebody: none of the
/// special blocks of the IANA registry (RFC 6890): private, shared, loopback,
/// link-local, documentation, benchmarking, multicast, reserved.
pub(super) fn ipv4_public(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok_and(is_public)
}

fn is_public(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        [0 | 10 | 127 | 224.., ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [192, 168, ..]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

/// Whether `text` is an IPv6 address of global unicast space, 2000::/3, outside
/// the documentation and protocol blocks; an IPv4 address mapped into IPv6
/// counts as that address.
pub(super) fn ipv6_public(text: &str) -> bool {
    let Ok(address) = text.parse::<Ipv6Addr>() else {
        return false;
    };
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public(mapped);
    }
    match address.segments() {
        [0x2001, 0xdb8 | 0..0x200, ..] | [0x3fff, 0..0x1000, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_and_special() {
        for text in [
            "8.8.8.8",
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "223.255.255.254",
            "192.0.1.1",
        ] {
            assert!(ipv4_public(text), "{text}");
        }
        for text in [
            "10.0.0.1",
            "127.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.1.1",
            "100.64.0.1",
            "192.0.2.1",
            "198.51.100.7",
            "203.0.113.9",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.0",
            "0.0.0.0",
            "256.1.1.1",
            "1.2.3",
            "01.2.3.4",
            "",
            "1.2.3.4/24",
        ] {
            assert!(!ipv4_public(text), "{text}");
        }
        assert!(ipv6_public("2a00:1450:4001:80b::200e") && ipv6_public("::ffff:8.8.8.8"));
        for text in [
            "2001:db8::1",
            "3fff::1",
            "fe80::1",
            "fc00::1",
            "::1",
            "::",
            "2001::1",
            "::ffff:10.0.0.1",
            "x",
        ] {
            assert!(!ipv6_public(text), "{text}");
        }
    }
}
