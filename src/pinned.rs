//! Where JavaScript finds what it saves and restores (`pkg/js/layout.js`): the layout of the state in wasm memory.
//!
//! Reading and writing it there costs no byte of the wasm file, which is as large as it may be. Two things cannot be pinned
//! here, and are by the tests of saved files: a boxed slice is its address and then its length, and an `Option` of a struct
//! that begins with one is `None` where that address is 0.

/// Says the size of a `repr(C)` struct on wasm32 and the offsets of the fields that JavaScript knows: a struct that is
/// changed without the list does not compile for wasm32. `tests/js/layout.test.mjs` holds the JavaScript to the same list.
macro_rules! pinned {
    ($name:ident[$size:literal] { $($field:ident: $offset:literal),+ }) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            assert!(size_of::<$name>() == $size);
            $(assert!(core::mem::offset_of!($name, $field) == $offset);)+
        };
    };
}
