//! Outside the walls: builders and synthetic enterprises with known truths.
