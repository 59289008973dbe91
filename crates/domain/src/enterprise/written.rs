//! An enterprise as its form would have been typed: what [`read`](super::read) reads back unchanged.

use std::collections::BTreeMap;

use super::{Enterprise, Nib, Npwp, Ownership, Workforce};

/// Field by field; what is not known is not there.
pub fn written(enterprise: &Enterprise, workforce: Option<&Workforce>) -> BTreeMap<String, String> {
    let yes_no = |known: Option<bool>| known.map(|yes| if yes { "ya" } else { "tidak" }.to_owned());
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let fields: [(&str, Option<String>); 18] = [
        ("name", text(&enterprise.name)),
        ("trade_name", text(&enterprise.trade_name)),
        ("nib", enterprise.nib.as_ref().map(|nib| Nib::as_str(nib).to_owned())),
        ("npwp", enterprise.npwp.as_ref().map(|npwp| Npwp::as_str(npwp).to_owned())),
        ("activity", enterprise.activity.clone()),
        ("products", text(&enterprise.products)),
        ("region", text(&enterprise.region)),
        ("address", text(&enterprise.address)),
        ("founded", enterprise.founded.map(|year| year.to_string())),
        ("ownership", enterprise.ownership.map(|ownership| Ownership::code(ownership).to_owned())),
        ("foreign_owned", yes_no(enterprise.foreign_owned)),
        ("organisation", enterprise.organisation.clone()),
        ("union", yes_no(enterprise.union)),
        ("bipartite", yes_no(enterprise.bipartite)),
        ("exports", yes_no(enterprise.exports)),
        ("export_share", enterprise.export_share.map(|share| share.to_string())),
        ("markets", text(&enterprise.markets)),
        ("buyers", text(&enterprise.buyers.join("; "))),
    ];
    let mut all: BTreeMap<String, String> =
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    if let Some(workforce) = workforce {
        let count = |count: Option<u32>| count.map(|count| count.to_string());
        let counted: [(&str, Option<String>); 8] = [
            ("workforce_year", Some(workforce.year.to_string())),
            ("permanent_male", count(workforce.permanent.male)),
            ("permanent_female", count(workforce.permanent.female)),
            ("contract_male", count(workforce.contract.male)),
            ("contract_female", count(workforce.contract.female)),
            ("casual_male", count(workforce.casual.male)),
            ("casual_female", count(workforce.casual.female)),
            ("sales", workforce.sales.map(|sales| sales.to_string())),
        ];
        all.extend(counted.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    all
}
