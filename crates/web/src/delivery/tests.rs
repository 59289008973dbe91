//! Delivery as people meet it: whole router, real SQL in memory, no socket.

mod doors;
mod paper;
mod walk;
mod words;
