//! Four lanes of `f32`, two of `f64`: a scalar arm, which is compiled everywhere, and a `simd128` arm for wasm.
//!
//! Every operation of both arms rounds each lane by itself and in the same way (no fused multiply-add), so a kernel written
//! over them gives the same bits with either. [`F32x4`] and its kin are the arm that this build runs.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub use scalar::{Counts, F32x4, F64x2, NAME, sqrt};
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use simd128::{Counts, F32x4, F64x2, NAME, sqrt};

/// Plain arrays.
pub mod scalar {
    use core::array::from_fn;
    use core::ops::{Add, Mul, Sub};

    use bytemuck::{Pod, Zeroable};

    /// Name of this arm.
    pub const NAME: &str = "scalar";

    /// Four `f32`.
    #[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
    #[repr(C, align(16))]
    pub struct F32x4([f32; 4]);

    impl F32x4 {
        /// `value` in every lane.
        #[inline(always)]
        pub fn splat(value: f32) -> Self {
            Self([value; 4])
        }

        /// The sum of the lanes: (0 + 2) + (1 + 3).
        #[inline(always)]
        pub fn sum(self) -> f32 {
            let [p, q, r, s] = self.0;
            (p + r) + (q + s)
        }

        /// Lanes 0 and 1, and lanes 2 and 3, without rounding.
        #[inline(always)]
        pub fn widen(self) -> [F64x2; 2] {
            let [p, q, r, s] = self.0.map(f64::from);
            [F64x2([p, q]), F64x2([r, s])]
        }
    }

    impl Add for F32x4 {
        type Output = Self;

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(from_fn(|i| self.0[i] + other.0[i]))
        }
    }

    impl Sub for F32x4 {
        type Output = Self;

        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            Self(from_fn(|i| self.0[i] - other.0[i]))
        }
    }

    impl Mul for F32x4 {
        type Output = Self;

        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            Self(from_fn(|i| self.0[i] * other.0[i]))
        }
    }

    /// Two `f64`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct F64x2([f64; 2]);

    impl F64x2 {
        /// 0 in both lanes.
        #[inline(always)]
        pub fn zero() -> Self {
            Self([0.0; 2])
        }

        /// self + x · y, lane by lane, rounded twice.
        #[inline(always)]
        pub fn add_product(self, x: Self, y: Self) -> Self {
            Self(from_fn(|i| self.0[i] + x.0[i] * y.0[i]))
        }

        /// The sum of the lanes.
        #[inline(always)]
        pub fn sum(self) -> f64 {
            self.0[0] + self.0[1]
        }
    }

    /// A counter per lane.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Counts([u32; 4]);

    impl Counts {
        /// Nothing counted.
        #[inline(always)]
        pub fn zero() -> Self {
            Self([0; 4])
        }

        /// Counts the lanes in which `x` is greater than `threshold`.
        #[inline(always)]
        pub fn add_greater(self, x: F32x4, threshold: F32x4) -> Self {
            Self(from_fn(|i| self.0[i] + u32::from(x.0[i] > threshold.0[i])))
        }

        /// All that were counted.
        #[inline(always)]
        pub fn sum(self) -> u32 {
            self.0.iter().sum()
        }
    }

    /// The square root, rounded correctly. (`core` has none.)
    pub fn sqrt(x: f64) -> f64 {
        libm::sqrt(x)
    }
}

/// `core::arch::wasm32`.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub mod simd128 {
    use core::arch::wasm32::{
        f32x4_add, f32x4_extract_lane, f32x4_gt, f32x4_mul, f32x4_splat, f32x4_sub, f64x2_add, f64x2_extract_lane,
        f64x2_mul, f64x2_promote_low_f32x4, f64x2_splat, f64x2_sqrt, i32x4_extract_lane, i32x4_splat, i32x4_sub,
        i64x2_shuffle, v128,
    };
    use core::ops::{Add, Mul, Sub};

    use bytemuck::{Pod, Zeroable};

    /// Name of this arm.
    pub const NAME: &str = "simd128";

    /// Four `f32`.
    #[derive(Clone, Copy, Debug, Pod, Zeroable)]
    #[repr(transparent)]
    pub struct F32x4(v128);

    impl F32x4 {
        /// `value` in every lane.
        #[inline(always)]
        pub fn splat(value: f32) -> Self {
            Self(f32x4_splat(value))
        }

        /// The sum of the lanes: (0 + 2) + (1 + 3).
        #[inline(always)]
        pub fn sum(self) -> f32 {
            (f32x4_extract_lane::<0>(self.0) + f32x4_extract_lane::<2>(self.0))
                + (f32x4_extract_lane::<1>(self.0) + f32x4_extract_lane::<3>(self.0))
        }

        /// Lanes 0 and 1, and lanes 2 and 3, without rounding.
        #[inline(always)]
        pub fn widen(self) -> [F64x2; 2] {
            let upper = i64x2_shuffle::<1, 1>(self.0, self.0);
            [F64x2(f64x2_promote_low_f32x4(self.0)), F64x2(f64x2_promote_low_f32x4(upper))]
        }
    }

    impl Add for F32x4 {
        type Output = Self;

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(f32x4_add(self.0, other.0))
        }
    }

    impl Sub for F32x4 {
        type Output = Self;

        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            Self(f32x4_sub(self.0, other.0))
        }
    }

    impl Mul for F32x4 {
        type Output = Self;

        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            Self(f32x4_mul(self.0, other.0))
        }
    }

    /// Two `f64`.
    #[derive(Clone, Copy, Debug)]
    pub struct F64x2(v128);

    impl F64x2 {
        /// 0 in both lanes.
        #[inline(always)]
        pub fn zero() -> Self {
            Self(f64x2_splat(0.0))
        }

        /// self + x · y, lane by lane, rounded twice.
        #[inline(always)]
        pub fn add_product(self, x: Self, y: Self) -> Self {
            Self(f64x2_add(self.0, f64x2_mul(x.0, y.0)))
        }

        /// The sum of the lanes.
        #[inline(always)]
        pub fn sum(self) -> f64 {
            f64x2_extract_lane::<0>(self.0) + f64x2_extract_lane::<1>(self.0)
        }
    }

    /// A counter per lane.
    #[derive(Clone, Copy, Debug)]
    pub struct Counts(v128);

    impl Counts {
        /// Nothing counted.
        #[inline(always)]
        pub fn zero() -> Self {
            Self(i32x4_splat(0))
        }

        /// Counts the lanes in which `x` is greater than `threshold`.
        #[inline(always)]
        pub fn add_greater(self, x: F32x4, threshold: F32x4) -> Self {
            // A true comparison is all ones, which is −1.
            Self(i32x4_sub(self.0, f32x4_gt(x.0, threshold.0)))
        }

        /// All that were counted.
        #[inline(always)]
        pub fn sum(self) -> u32 {
            let lanes = [
                i32x4_extract_lane::<0>(self.0),
                i32x4_extract_lane::<1>(self.0),
                i32x4_extract_lane::<2>(self.0),
                i32x4_extract_lane::<3>(self.0),
            ];
            lanes.iter().sum::<i32>() as u32
        }
    }

    /// The square root, rounded correctly. (`core` has none.)
    pub fn sqrt(x: f64) -> f64 {
        f64x2_extract_lane::<0>(f64x2_sqrt(f64x2_splat(x)))
    }
}
