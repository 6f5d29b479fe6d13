//! What no kernel can express, one file a country or topic.

mod bip39;
mod cloud;
mod email;
mod ip;
mod jwt;
mod list;
mod mrz;
mod name;
mod national;
mod password;
mod pem;
mod phone;
mod placeholder;
mod random;
mod repetition;
mod track;
mod words;

/// Whether a normalised value holds to one rule.
type Rule = fn(&str) -> bool;

/// The functions by the name that detector files use, in alphabetical order.
pub(super) const TABLE: &[(&str, Rule)] = &[
    ("aws_access_key", cloud::aws_access_key),
    ("bip39", bip39::bip39),
    ("close_groups", repetition::close_groups),
    ("cy_tic", national::cy_tic),
    ("de_tax_id", national::de_tax_id),
    ("e164", phone::e164),
    ("email", email::email),
    ("given_name", name::given_name),
    ("ipv4_public", ip::ipv4_public),
    ("ipv6_public", ip::ipv6_public),
    ("it_codice_fiscale", national::it_codice_fiscale),
    ("jwt", jwt::jwt),
    ("kr_brn", national::kr_brn),
    ("looks_random", random::looks_random),
    ("mrz", mrz::mrz),
    ("nanp", phone::nanp),
    ("not_placeholder", placeholder::not_placeholder),
    ("palindrome", repetition::palindrome),
    ("password_like", password::password_like),
    ("pem_private_key", pem::pem_private_key),
    ("pt_cc", national::pt_cc),
    ("same_digits", repetition::same_digits),
    ("sequential", repetition::sequential),
    ("tr_vkn", national::tr_vkn),
    ("track_data", track::track_data),
];

/// The function called `name`.
pub(super) fn find(name: &str) -> Option<Rule> {
    let at = TABLE
        .binary_search_by_key(&name, |&(known, _)| known)
        .ok()?;
    TABLE.get(at).map(|&(_, test)| test)
}

/// All names, for messages.
pub(super) fn names() -> String {
    TABLE
        .iter()
        .map(|&(name, _)| name)
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_so_that_all_are_found() {
        assert!(TABLE.is_sorted_by_key(|&(name, _)| name));
        assert!(TABLE.iter().all(|&(name, _)| find(name).is_some()));
    }
}
