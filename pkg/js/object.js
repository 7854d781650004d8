// An object in wasm memory: its address, and the end of its life.

/** The exports of the instance, once there is one. */
export let wasm;

export function connect(exports) {
  wasm = exports;
}

// Cloudflare Workers with a compatibility date before May 2025 have none.
const registry = globalThis.FinalizationRegistry && new FinalizationRegistry(({ free, address }) => wasm[free](address));

export class WasmObject {
  #free;
  /** 0 once it is freed. */
  #address;

  /** `make` gives the address, or less than 0: a status. */
  constructor(owner, free, make, refuse) {
    this.owner = owner;
    if (!wasm) throw new Error(`await init() before new ${owner}()`);
    const address = make();
    if (address < 0) throw refuse(-address);
    this.#free = free;
    this.#address = address;
    registry?.register(this, { free, address }, this);
  }

  /** The address, refused once it may be another object's. */
  get address() {
    if (this.#address === 0) throw new Error(`${this.owner} was used after free()`);
    return this.#address;
  }

  /** Freeing twice does no harm. */
  free() {
    if (this.#address === 0) return;
    registry?.unregister(this);
    wasm[this.#free](this.#address);
    this.#address = 0;
  }
}
