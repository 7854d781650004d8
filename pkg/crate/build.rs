//! The stack is a part of the memory that every page pays for: nothing here recurses, so 64 KiB do instead of 1 MiB.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-cdylib=-zstack-size=65536");
}
