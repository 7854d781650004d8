// The host's TextDecoder and TextEncoder, or what the classes need of them: AudioWorklets and jsdom have none.

export const TextDecoder = globalThis.TextDecoder ?? class {
  /** The text of bytes that are UTF-8. */
  decode(bytes = []) {
    let escaped = '';
    for (const byte of bytes) escaped += `%${(256 + byte).toString(16).slice(1)}`;
    return decodeURIComponent(escaped);
  }
};

export const TextEncoder = globalThis.TextEncoder ?? class {
  encode(text) {
    const escaped = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'));
    const bytes = escaped.match(/%..|./g) ?? [];
    return Uint8Array.from(bytes, (byte) => (byte.length > 1 ? Number(`0x${byte.slice(1)}`) : byte.charCodeAt()));
  }
};
