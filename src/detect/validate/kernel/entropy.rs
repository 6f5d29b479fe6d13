//! Shannon entropy.

/// Bits per byte of `text`, judged by its own letter counts; 0 when empty.
pub(in crate::detect::validate) fn entropy(text: &str) -> f32 {
    let mut counts = [0u32; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = text.len() as f32;
    let share = |count: &u32| {
        let p = *count as f32 / total;
        -p * p.log2()
    };
    counts.iter().filter(|&&count| count > 0).map(share).sum()
}

#[cfg(test)]
mod tests {
    use super::entropy;

    #[test]
    fn known_values() {
        assert!(entropy("").abs() < 1e-6 && entropy("aaaa").abs() < 1e-6);
        assert!((entropy("abcd") - 2.0).abs() < 1e-6);
        assert!((entropy("0123456789abcdef") - 4.0).abs() < 1e-6);
    }
}
