'use client';

import { useEffect } from 'react';
import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';

import { check, tell } from '../check.mjs';

export default function Page() {
  useEffect(() => {
    tell({ 'client component': () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }) });
  }, []);
  return <p>client</p>;
}
