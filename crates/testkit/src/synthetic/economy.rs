//! The shape of the synthetic economy: how many enterprises do what and where, and how.
//!
//! Chosen to look plausible, not to reproduce statistics: shares of enterprises follow the order
//! of magnitude of BPS's Economic Census (trade near half, food service and manufacturing a sixth
//! each), medians of value added per person lie between 20 and 400 million rupiah a year, and
//! people live where the Population Census 2020 found them. No figure here is an estimate.

/// What enterprises of a section are like. Shares are of one, amounts in million rupiah.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section {
    pub(super) code: char,
    /// First and last division.
    divisions: (u8, u8),
    /// Enterprises, in percent of all.
    enterprises: f64,
    /// Median value added per person and year.
    productivity: f64,
    pub(super) female: f64,
    /// Intermediate inputs by output.
    pub(super) inputs: f64,
    /// Labour cost by value added.
    pub(super) labour: f64,
    /// Fixed assets by value added.
    pub(super) assets: f64,
    /// Energy by intermediate inputs.
    pub(super) energy: f64,
    /// Share of micro enterprises in the sample.
    pub(super) micro: f64,
}

#[rustfmt::skip]
const SECTIONS: [Section; 21] = [
    section('A', (1, 3), 1.5, 40.0, 0.35, 0.30, 0.45, 2.0, 0.12, 0.50),
    section('B', (5, 9), 0.7, 280.0, 0.08, 0.25, 0.25, 3.0, 0.30, 0.40),
    section('C', (10, 33), 16.5, 62.0, 0.42, 0.65, 0.45, 1.8, 0.10, 0.50),
    section('D', (35, 35), 0.12, 300.0, 0.12, 0.55, 0.25, 5.0, 0.50, 0.40),
    section('E', (36, 39), 0.5, 24.0, 0.20, 0.35, 0.50, 2.0, 0.15, 0.60),
    section('F', (41, 43), 1.0, 100.0, 0.05, 0.60, 0.50, 1.2, 0.08, 0.45),
    section('G', (45, 47), 46.0, 50.0, 0.50, 0.30, 0.40, 1.0, 0.10, 0.72),
    section('H', (49, 53), 5.0, 65.0, 0.08, 0.45, 0.45, 2.5, 0.35, 0.70),
    section('I', (55, 56), 16.7, 36.0, 0.57, 0.55, 0.45, 1.0, 0.12, 0.75),
    section('J', (58, 63), 2.4, 300.0, 0.30, 0.40, 0.35, 2.2, 0.08, 0.60),
    section('K', (64, 66), 0.5, 230.0, 0.42, 0.30, 0.40, 1.5, 0.03, 0.45),
    section('L', (68, 68), 1.5, 350.0, 0.35, 0.20, 0.20, 6.0, 0.05, 0.65),
    section('M', (69, 75), 1.0, 110.0, 0.35, 0.40, 0.60, 0.8, 0.04, 0.55),
    section('N', (77, 82), 1.2, 75.0, 0.30, 0.40, 0.60, 0.9, 0.05, 0.55),
    section('O', (84, 84), 0.01, 70.0, 0.35, 0.35, 0.80, 1.0, 0.05, 0.30),
    section('P', (85, 85), 2.4, 50.0, 0.60, 0.25, 0.70, 1.2, 0.04, 0.45),
    section('Q', (86, 88), 0.9, 70.0, 0.68, 0.40, 0.60, 1.5, 0.05, 0.50),
    section('R', (90, 93), 0.7, 40.0, 0.30, 0.35, 0.45, 1.3, 0.10, 0.65),
    section('S', (94, 96), 3.0, 30.0, 0.40, 0.35, 0.50, 0.8, 0.08, 0.72),
    section('T', (97, 98), 0.3, 22.0, 0.75, 0.20, 0.60, 0.3, 0.05, 0.80),
    section('U', (99, 99), 0.005, 150.0, 0.45, 0.35, 0.70, 1.0, 0.05, 0.30),
];

#[expect(clippy::too_many_arguments, reason = "one line of the table above")]
const fn section(
    code: char,
    divisions: (u8, u8),
    enterprises: f64,
    productivity: f64,
    female: f64,
    inputs: f64,
    labour: f64,
    assets: f64,
    energy: f64,
    micro: f64,
) -> Section {
    Section { code, divisions, enterprises, productivity, female, inputs, labour, assets, energy, micro }
}

/// Divisions that are not an equal part of their section: weight, and productivity by the
/// section's.
#[rustfmt::skip]
const DIVISIONS: [(u8, f64, f64); 38] = [
    (1, 12.0, 0.8), (2, 1.0, 1.5), (3, 4.0, 1.1),
    (5, 1.0, 1.0), (6, 0.1, 1.43), (8, 6.0, 0.3),
    (10, 56.0, 0.8), (12, 2.0, 2.0), (13, 8.0, 0.8), (14, 20.0, 0.7), (16, 16.0, 0.6), (19, 0.2, 5.0),
    (20, 2.0, 2.5), (21, 1.0, 2.2), (23, 12.0, 0.7), (24, 0.6, 2.4), (25, 5.0, 0.9), (26, 0.6, 2.0),
    (27, 0.6, 1.8), (29, 0.7, 2.2), (31, 8.0, 0.7), (30, 0.7, 1.9),
    (36, 2.0, 2.0), (38, 3.0, 0.85),
    (41, 3.0, 1.1), (42, 1.0, 1.3),
    (45, 10.0, 1.1), (46, 12.0, 1.7), (47, 78.0, 0.85),
    (49, 20.0, 0.8), (51, 0.1, 4.0),
    (55, 7.0, 1.8), (56, 93.0, 0.95),
    (61, 8.0, 1.2), (64, 6.0, 1.2),
    (94, 1.0, 1.2), (95, 6.0, 1.0), (96, 12.0, 0.9),
];

/// What is known of a five-digit activity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Activity {
    pub(super) section: &'static Section,
    /// Relative number of enterprises.
    pub(super) weight: f64,
    /// Median value added per person and year, in million rupiah.
    pub(super) productivity: f64,
}

impl Activity {
    /// `rank` counts the activities of the same division from 0, of `siblings` altogether: the
    /// first ones are the common ones.
    pub(super) fn of(code: &str, rank: usize, siblings: usize) -> Option<Self> {
        let division: u8 = code.get(..2)?.parse().ok()?;
        let section = SECTIONS.iter().find(|s| (s.divisions.0..=s.divisions.1).contains(&division))?;
        let (first, last) = section.divisions;
        let part = |division: u8| {
            DIVISIONS.iter().find(|line| line.0 == division).map_or((1.0, 1.0), |line| (line.1, line.2))
        };
        let whole: f64 = (first..=last).map(|division| part(division).0).sum();
        let (weight, factor) = part(division);
        let common = |rank: usize| (1.0 + rank as f64).powf(-0.8);
        let share = common(rank) / (0..siblings.max(1)).map(common).sum::<f64>();
        let productivity = section.productivity * factor * (0.3 * noise(code)).exp();
        Some(Activity {
            section,
            weight: section.enterprises * weight / whole * share,
            productivity: productivity.clamp(20.0, 400.0),
        })
    }

    /// Trade counts its margin as output.
    pub(super) fn is_trade(&self) -> bool {
        self.section.code == 'G'
    }
}

/// Provinces by BPS's codes: people in millions (Population Census 2020, today's borders), and
/// how far productivity lies from the country's, in percent of a logarithm.
#[rustfmt::skip]
const PROVINCES: [(u8, f64, f64); 38] = [
    (11, 5.3, -12.0), (12, 14.8, 0.0), (13, 5.5, -5.0), (14, 6.4, 25.0), (15, 3.5, 0.0), (16, 8.5, 2.0),
    (17, 2.0, -12.0), (18, 9.0, -8.0), (19, 1.5, 2.0), (21, 2.1, 30.0), (31, 10.6, 45.0), (32, 48.3, 2.0),
    (33, 36.5, -12.0), (34, 3.7, -15.0), (35, 40.7, 4.0), (36, 11.9, 12.0), (51, 4.3, 2.0), (52, 5.3, -22.0),
    (53, 5.3, -35.0), (61, 5.4, -8.0), (62, 2.7, 5.0), (63, 4.1, 0.0), (64, 3.8, 38.0), (65, 0.7, 28.0),
    (71, 2.6, 0.0), (72, 3.0, 8.0), (73, 9.1, -2.0), (74, 2.6, -2.0), (75, 1.2, -18.0), (76, 1.4, -22.0),
    (81, 1.8, -28.0), (82, 1.3, -15.0), (91, 0.55, 20.0), (92, 0.6, 0.0), (94, 1.0, 5.0), (95, 0.5, -5.0),
    (96, 1.4, 15.0), (97, 1.4, -35.0),
];

/// What is known of a regency.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    pub(super) weight: f64,
    /// To be added to the logarithm of productivity.
    pub(super) effect: f64,
}

impl Region {
    /// `siblings`: how many regencies the province has. The third digit 7 stands for a city.
    pub(super) fn of(code: &str, siblings: usize) -> Self {
        let province: u8 = code.get(..2).and_then(|code| code.parse().ok()).unwrap_or_default();
        let known = PROVINCES.iter().find(|line| line.0 == province);
        let (people, effect) = known.map_or((1.0, 0.0), |line| (line.1, line.2));
        let city = code.get(2..3) == Some("7");
        let crowd = if city { 1.6 } else { 1.0 } * (0.8 * noise(code)).exp();
        Region {
            weight: people / siblings.max(1) as f64 * crowd,
            effect: effect / 100.0 + if city { 0.08 } else { 0.0 } + 0.1 * noise(code),
        }
    }
}

/// Between -1 and 1, always the same for the same code.
fn noise(code: &str) -> f64 {
    let hash = code.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}
