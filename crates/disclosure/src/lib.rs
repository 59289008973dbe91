//! The guard: a cube goes in, a protected cube with its proof comes out.
