import type { PageOwner, Row } from "./data.ts";
import { byId, element } from "./dom.ts";
import { type Filter, type Query, valuesAmong } from "./query.ts";

/** The search, the filters, and what stands for the resource that was asked for. */
export interface Controls {
  query: () => Query;
  search: (text: string) => void;
  chooseValue: (filter: string, value: string) => void;
  chooseOwner: (owner: PageOwner) => void;
}

/** Makes the controls; `changed` is called when something else is looked for. */
export function makeControls(options: {
  rows: readonly Row[];
  filters: readonly Filter[];
  changed: () => void;
}): Controls {
  const { rows, filters, changed } = options;
  const search = byId("search") as HTMLInputElement;
  const selects = new Map(filters.map((filter) => [filter.key, selectOf(filter, rows)]));
  let owner: PageOwner | undefined;
  const ownerButton = element("button", { type: "button", class: "chosen" });
  const reset = element("button", { type: "button", class: "reset" }, "Show all");
  const update = () => {
    ownerButton.hidden = owner === undefined;
    ownerButton.textContent = owner ? `No longer only ${owner.type} ${owner.name}` : "";
    const isAll = !owner && search.value === "" && [...selects.values()].every(({ value }) => value === "");
    reset.hidden = isAll;
    changed();
  };
  const chooseOwner = (next: PageOwner | undefined) => {
    owner = next;
    update();
    search.focus();
  };
  search.addEventListener("input", update);
  for (const select of selects.values()) select.addEventListener("change", update);
  ownerButton.addEventListener("click", () => chooseOwner(undefined));
  reset.addEventListener("click", () => {
    search.value = "";
    for (const select of selects.values()) select.value = "";
    chooseOwner(undefined);
  });
  byId("looking").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").append(
    ...filters.map(({ key, label }) =>
      element("label", {}, element("span", {}, label), selects.get(key) ?? ""),
    ),
  );
  byId("chosen").append(ownerButton, reset);
  ownerButton.hidden = true;
  reset.hidden = true;
  return {
    query: () => {
      const chosen = [...selects].map(([key, { value }]) => [key, value] as const);
      // The first option stands for all; a value has a mark before it, since it may be empty.
      const values = chosen
        .filter(([, value]) => value !== "")
        .map(([key, value]) => [key, value.slice(1)] as const);
      return { search: search.value, chosen: new Map(values), owner };
    },
    search: (text) => {
      search.value = text;
      update();
    },
    chooseValue: (filter, value) => {
      const select = selects.get(filter);
      if (select) select.value = `=${value}`;
      update();
    },
    chooseOwner,
  };
}

function selectOf(filter: Filter, rows: readonly Row[]): HTMLSelectElement {
  const values = valuesAmong(rows, filter);
  return element(
    "select",
    { name: filter.key },
    element("option", { value: "" }, "all"),
    ...values.map((value) => element("option", { value: `=${value}` }, value)),
  );
}
