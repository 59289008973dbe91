fn main() {
    // `sqlx::migrate!` reads the folder while compiling; a new file in it must be seen.
    println!("cargo:rerun-if-changed=../../migrations");
}
