//! Random numbers from a seed: the same seed, the same figures, on every machine.

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

/// The one generator of random methods (PCG XSL 128/64, MCG).
pub(crate) fn generator(seed: u64) -> Pcg64Mcg {
    Pcg64Mcg::seed_from_u64(seed)
}
