// Elements without markup in strings: nothing for a Content-Security-Policy or Trusted Types to refuse.

type Props<Name extends keyof HTMLElementTagNameMap> = Partial<
  Omit<HTMLElementTagNameMap[Name], 'style' | 'dataset'>
> & {
  readonly [attribute: `aria-${string}` | `data-${string}`]: string;
};

/** An element with these properties (or `aria-`, `data-` and `role`-like attributes) and children. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  props: Props<Name> = {} as Props<Name>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (/^(aria|data)-/.test(key)) element.setAttribute(key, String(value));
    else (element as unknown as Record<string, unknown>)[key] = value;
  }
  element.append(...children);
  return element;
}

/** Sets a text only where it differs: screen readers and selections stay where they are. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** A span of time in its two largest units: `+3 d 4 h`. */
export function spanText(ms: number): string {
  let rest = Math.abs(ms);
  const parts: string[] = [];
  for (const [name, unit] of UNITS) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${name}`);
  }
  return `${ms < 0 ? '−' : '+'}${parts.join(' ') || '0 s'}`;
}

/** A moment in UTC, to the second. */
export const momentText = (ms: number): string =>
  Math.abs(ms) <= 8.64e15
    ? new Date(ms)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, ' UTC')
    : 'never';
