//! Where JavaScript finds what it saves and restores (`pkg/js/layout.js`): the layout of the state in wasm memory.

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
