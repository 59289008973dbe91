//! `lumbung simulate`: synthetic enterprise microdata, labelled synthetic, with the truth beside it.
