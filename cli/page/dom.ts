/** A child of an element: an element, or a text, which is never read as HTML. */
export type Child = Node | string | undefined;

/** Makes an element of HTML. An attribute that is undefined is left out. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  return filled(document.createElement(name), attributes, children);
}

/** Makes an element of SVG. */
export function drawing<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Name] {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function filled<One extends Element>(
  one: One,
  attributes: Readonly<Record<string, string | undefined>>,
  children: readonly Child[],
): One {
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined) one.setAttribute(key, value);
  one.append(...children.filter((child) => child !== undefined));
  return one;
}

/** The element of the page's own HTML that has this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no ${id}.`);
  return found;
}
