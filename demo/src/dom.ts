// Elements are made of text and attributes, never of HTML strings: what a list or a catalogue says is data.

/** What an element can hold. */
export type Child = Node | string | number | null | undefined | false;

/** Attributes; `true` writes an empty one, false and undefined none. A function is an event listener (`onclick`). */
export type Attributes = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;

function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
}

const wanted = (child: Child): child is Node | string | number =>
  child !== null && child !== undefined && child !== false;

/** Replaces what an element holds. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(
    ...children.filter(wanted).map((child) => (typeof child === 'number' ? String(child) : child)),
  );
}

/** An HTML element. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  fill(element, ...children);
  return element;
}

/** An SVG element. */
export function s<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setAttributes(element, attributes);
  fill(element, ...children);
  return element;
}

/** The element of that id; the page always has it. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page lacks #${id}`);
  return element;
}

const ICONS = {
  open: 'M3.5 8.5l3 3 6-7',
  locked: 'M4.5 7.5h7v5.5h-7zM6 7.5V5.4a2 2 0 0 1 4 0v2.1',
} as const;

/** A 16 px line icon, hidden from screen readers: the words beside it say the same. */
export const icon = (name: keyof typeof ICONS): SVGSVGElement =>
  s('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, s('path', { d: ICONS[name] }));
