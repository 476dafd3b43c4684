/**
 * What of the search box's template reads otherwise: VitePress's own says that the whole box is a button, and each of what is
 * found an option that holds a link. Here the box is a dialog, with a list of links.
 */
const CHANGES: readonly (readonly [from: string | RegExp, to: string])[] = [
  [
    /role="button"\s+:aria-owns="[^"]*"\s+aria-expanded="true"\s+aria-haspopup="listbox"\s+aria-labelledby="localsearch-label"/,
    'role="dialog" aria-modal="true" aria-label="Search"',
  ],
  [/:aria-activedescendant="[^"]*"\s+aria-autocomplete="both"\s+:aria-controls="[^"]*"/, ""],
  [/:role="results\?\.length \? 'listbox' : undefined"/, ""],
  [/:aria-selected="[^"]*"\s+role="option"/, ""],
  [/:aria-label="\[\.\.\.p\.titles, p\.title\]\.join\(' > '\)"/, ':aria-current="selectedIndex === index"'],
  // A picture of a key; the element itself may have no name.
  [/<kbd :aria-label/g, '<kbd role="img" :aria-label'],
];

/** A plugin of Vite that makes the search box usable with a screen reader. */
export const searchBox = {
  name: "search box",
  enforce: "pre" as const,
  transform(code: string, id: string): string | undefined {
    if (!id.endsWith("/VPLocalSearchBox.vue")) return undefined;
    return CHANGES.reduce((changed, [from, to]) => {
      const next = changed.replace(from, to);
      if (next === changed) throw new Error(`VitePress's search box has no ${from} any more.`);
      return next;
    }, code);
  },
};
