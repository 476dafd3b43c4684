import { ownerLine } from "../ownership.ts";
import { destination, type PageOwner, type Row, validUntil } from "./data.ts";
import { element } from "./dom.ts";

/** Rows that are shown at once, and how many more at a time. */
const STEP = 50;
const HEAD = ["Outside", "Protocol", "TLS", "Valid until", "From", "Place", "Owner"];
/** The columns that a narrow page leaves to what a row opens. */
const WIDE_ONLY = new Set(["Protocol", "Valid until", "From", "Place", "Owner"]);

/** The table of a page. */
export interface Table {
  /** Shows other rows. */
  show: (rows: readonly Row[]) => void;
}

/** Makes the table in a section; `choose` is called with the resource that is asked for. */
export function makeTable(section: HTMLElement, choose: (owner: PageOwner) => void): Table {
  const body = element("tbody");
  const head = HEAD.map((name) => element("th", { scope: "col", class: classOf(name) }, name));
  const caption = element("caption", { class: "unseen" }, "Each host and port outside that can be reached");
  const table = element("table", {}, caption, element("thead", {}, element("tr", {}, ...head)), body);
  const more = element("button", { type: "button", class: "more" });
  const nothing = element("p", { class: "nothing" }, "Nothing is found.");
  section.append(table, nothing, more);
  let rows: readonly Row[] = [];
  let shown = 0;
  const add = (count: number) => {
    const next = rows.slice(shown, shown + count);
    body.append(...next.map((row, index) => rowElement(row, shown + index, choose)));
    shown += next.length;
    more.hidden = shown >= rows.length;
    more.textContent = `Show ${Math.min(STEP, rows.length - shown)} more of ${rows.length - shown}`;
  };
  more.addEventListener("click", () => {
    const first = shown;
    add(STEP);
    body.querySelector<HTMLElement>(`#row-${first} button`)?.focus();
  });
  return {
    show: (next) => {
      rows = next;
      shown = 0;
      body.replaceChildren();
      nothing.hidden = rows.length > 0;
      table.hidden = rows.length === 0;
      add(STEP);
    },
  };
}

function classOf(name: string | undefined): string | undefined {
  return name !== undefined && WIDE_ONLY.has(name) ? "wide" : undefined;
}

function rowElement(row: Row, index: number, choose: (owner: PageOwner) => void): HTMLTableRowElement {
  const { exit } = row;
  const [from = "", ...others] = exit.from;
  const [owner] = exit.owners;
  const details = `details-${index}`;
  const button = element(
    "button",
    { type: "button", class: "opens", "aria-expanded": "false", "aria-controls": details },
    destination(exit),
  );
  const tls = element("span", { class: `tls ${exit.tls.replaceAll(" ", "-")}` }, exit.tls);
  const cells = [
    exit.protocol,
    tls,
    validUntil(exit),
    others.length > 0 ? `${from} and ${others.length} more` : from,
    exit.place,
    owner ? `${owner.type} ${owner.name}` : "",
  ];
  const line = element(
    "tr",
    { id: `row-${index}` },
    element("th", { scope: "row" }, button),
    ...cells.map((cell, at) => element("td", { class: classOf(HEAD[at + 1]) }, cell)),
  );
  button.addEventListener("click", () => {
    const isOpen = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) document.getElementById(details)?.remove();
    else line.after(detailsElement(row, details, choose));
  });
  return line;
}

/** All that is known of a row: what opens below it. */
function detailsElement({ exit }: Row, id: string, choose: (owner: PageOwner) => void): HTMLElement {
  const list = (texts: readonly (string | Node)[]) =>
    element("ul", {}, ...texts.map((text) => element("li", {}, text)));
  const parts: [name: string, texts: (string | Node)[]][] = [
    ["From", exit.from],
    ["Resources", exit.owners.map((owner) => ownerElement(owner, choose))],
    ["Protocol", [exit.protocol]],
    ["Place", [exit.place]],
    ["Labels", Object.entries(exit.labels).map(([key, value]) => `${key}: ${value}`)],
    ["Certificates", exit.certificates.map(certificateText)],
    ["Not known", exit.because],
  ];
  const terms = parts
    .filter(([, texts]) => texts.length > 0)
    .flatMap(([name, texts]) => [element("dt", {}, name), element("dd", {}, list(texts))]);
  const cell = element("td", { colspan: String(HEAD.length) }, element("dl", {}, ...terms));
  return element("tr", { id, class: "details" }, cell);
}

/** A certificate in one line. */
export function certificateText({ field, subject, validUntil: until }: CertificateLine): string {
  return `valid until ${until.slice(0, 10)}: ${subject} (${field})`;
}

interface CertificateLine {
  field: string;
  subject: string;
  validUntil: string;
}

function ownerElement(owner: PageOwner, choose: (owner: PageOwner) => void): HTMLElement {
  const button = element("button", { type: "button", class: "owner" }, "Show all that it leads to");
  button.setAttribute("aria-label", `Show all that ${owner.type} ${owner.name} leads to`);
  button.addEventListener("click", () => choose(owner));
  return element("span", {}, ownerLine(owner), " ", button);
}
