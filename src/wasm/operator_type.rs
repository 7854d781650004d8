//! The ids of the built-in operators, for JavaScript.

use wasm_bindgen::prelude::*;

use crate::operators::with_built_in_operators;

macro_rules! operator_type {
    ($($name:ident = $id:literal in $category:ident,)+) => {
        /// Ids of the built-in operators.
        #[wasm_bindgen]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the names say it")]
        pub enum OperatorType {
            $($name = $id,)+
        }
    };
}
with_built_in_operators!(operator_type);
