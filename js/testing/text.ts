// Jest's jsdom environment lacks TextEncoder and TextDecoder, which the engine's boundary needs. UTF-8 only, as it uses them.

class Encoder {
  encode(text = ''): Uint8Array {
    const bytes: number[] = [];
    for (const character of text) {
      const read = character.codePointAt(0)!;
      // A half of a pair stands for nothing: U+FFFD, as the real one has it.
      const code = read >= 0xd800 && read <= 0xdfff ? 0xfffd : read;
      const more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
      bytes.push(more === 0 ? code : ((0xff00 >> (more + 1)) & 0xff) | (code >> (6 * more)));
      for (let left = more - 1; left >= 0; left--) bytes.push(0x80 | ((code >> (6 * left)) & 0x3f));
    }
    return Uint8Array.from(bytes);
  }
}

class Decoder {
  /** Well-formed text, as the core writes it. */
  decode(bytes: Uint8Array = new Uint8Array()): string {
    let text = '';
    for (let at = 0; at < bytes.length;) {
      const first = bytes[at++]!;
      const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
      let code = more === 0 ? first : first & (0x3f >> more);
      for (let left = more; left > 0; left--) code = (code << 6) | (bytes[at++]! & 0x3f);
      text += String.fromCodePoint(code);
    }
    return text;
  }
}

/** Fills in what the environment lacks, and leaves alone what it has. */
export function withText<Given, Made>(make: (given: Given) => Made): (given: Given) => Made {
  return (given) => {
    const host = globalThis as { TextEncoder?: unknown; TextDecoder?: unknown };
    host.TextEncoder ??= Encoder;
    host.TextDecoder ??= Decoder;
    return make(given);
  };
}
