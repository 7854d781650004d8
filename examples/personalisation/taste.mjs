// The taste of one user: the likes, and an adapter that learns from them. All that there is of the package is in this file.

import { WasmMicroLoRA } from '../../pkg/index.js'; // in a program of yours: from 'ruvector-learning-wasm'
import { randomFrom } from '../job/random.mjs';

const ALPHA = 0.1; // the package's default
const LEARNING_RATE = 0.1;
const ROUNDS = 30;
const OTHERS = 8; // taught beside every like

export class Taste {
  /** `embeddings`: one Float32Array per item of the catalogue. */
  constructor(embeddings) {
    this.items = centred(embeddings);
    this.lora = new WasmMicroLoRA(embeddings[0].length, ALPHA, LEARNING_RATE);
    this.liked = new Set();
  }

  /** Likes an item, or takes a like back; then learns. */
  toggle(item) {
    if (!this.liked.delete(item)) this.liked.add(item);
    this.learn();
  }

  /**
   * A like is a reward of 1. Items drawn from the rest get 0, because an adapter that only ever hears 1 expects it everywhere.
   * Always from the start, in the same order: so the same likes give the same ranking, and what is taken back is gone.
   */
  learn() {
    const random = randomFrom(1);
    const likes = [...this.liked].sort((a, b) => a - b);
    const others = [...this.items.keys()].filter((item) => !this.liked.has(item));
    this.lora.reset();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const like of likes) {
        this.reward(like, 1);
        for (let i = 0; i < OTHERS && others.length > 0; i += 1) this.reward(others[Math.floor(random() * others.length)], 0);
      }
    }
  }

  reward(item, improvement) {
    this.lora.forward_array(this.items[item]);
    this.lora.adapt_with_reward(improvement);
  }

  /** How much of a like to expect of every item; all 0 before the first like. */
  scores() {
    return this.items.map((embedding) => this.lora.predicted_improvement(embedding));
  }

  free() {
    this.lora.free();
  }
}

/** Less their mean: what all items have in common says nothing about taste. */
export function centred(embeddings) {
  const mean = embeddings[0].map((_, j) => embeddings.reduce((sum, embedding) => sum + embedding[j], 0) / embeddings.length);
  return embeddings.map((embedding) => embedding.map((value, j) => value - mean[j]));
}
