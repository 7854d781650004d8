'use client';

import { useEffect, useRef } from 'react';
import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';

import Learner from '../Learner.jsx';
import { check, tell } from '../check.mjs';
import { learnsIn, pair } from '../learns.mjs';

// Once, before any component calls init().
const checked = typeof window === 'undefined' ? undefined : check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer });

export default function Page() {
  const place = useRef(null);
  useEffect(() => {
    tell({ 'client component': () => checked, 'a component that learns': () => learnsIn(place.current) });
  }, []);
  return <div ref={place}><Learner {...pair} /></div>;
}
