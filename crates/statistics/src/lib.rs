//! The workshop: the cube and its statistics, the only room that knows DataFusion.
