//! Turnover, as a weighted total.

use super::{Need, Noun, total::Total};

pub(super) const TURNOVER: Total = Total {
    noun: Noun::Turnover,
    needs: &[Need::Total(Noun::Turnover)],
    label: ("Omzet", "Turnover"),
    definition: (
        "Jumlah penjualan barang dan jasa setahun, ditimbang. Perdagangan dihitung penuh, bukan marginnya; untuk margin lihat output.",
        "Sales of goods and services in the year, weighted. Trade counts in full, not by its margin; for the margin see output.",
    ),
    formula: "sum(w * turnover)",
    higher_is_better: Some(true),
};
