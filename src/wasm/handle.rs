//! Objects that JavaScript holds by address: with `memory`, the crate's only unsafe code.
#![allow(unsafe_code)]

use alloc::alloc::{Layout, alloc};
use alloc::boxed::Box;
use core::ops::{Deref, DerefMut};

use wasm_bindgen::convert::FromWasmAbi;
use wasm_bindgen::describe::WasmDescribe;

use crate::error::Refusal;

/// An object made by [`keep`] and not yet given to [`Handle::release`]: JavaScript passes its address and gets nothing but
/// numbers back.
pub struct Handle<T>(*mut T);

/// Puts an object on the heap, for as long as JavaScript wants.
///
/// # Errors
/// [`Refusal::OutOfMemory`]: `Box::new` would trap.
pub fn keep<T>(object: T) -> Result<usize, Refusal> {
    const { assert!(size_of::<T>() > 0) };
    // SAFETY: the layout is not empty.
    let place = unsafe { alloc(Layout::new::<T>()) }.cast::<T>();
    if place.is_null() {
        return Err(Refusal::OutOfMemory);
    }
    // SAFETY: there is room for a T, and nothing else knows of it.
    unsafe { place.write(object) };
    Ok(place as usize)
}

impl<T> Handle<T> {
    /// Drops the object.
    pub fn release(self) {
        // SAFETY: `keep` allocated it as `Box` does, and JavaScript forgets the address as it calls this.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

impl<T> Deref for Handle<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: by the contract of `from_abi` it is alive, and wasm has one thread, whose calls end before the next begins.
        unsafe { &*self.0 }
    }
}

impl<T> DerefMut for Handle<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above, and every export takes one handle.
        unsafe { &mut *self.0 }
    }
}

impl<T> WasmDescribe for Handle<T> {
    fn describe() {
        u32::describe();
    }
}

impl<T> FromWasmAbi for Handle<T> {
    type Abi = u32;

    /// # Safety
    /// `address` is one that [`keep`] returned for a T and that has not been released. The classes see to it: it is in a
    /// private field of the object that asked for it, and 0 after `free()`, which they check.
    unsafe fn from_abi(address: u32) -> Self {
        Self(address as usize as *mut T)
    }
}
