/** The forms that a request has and wants, where it says so. */
export interface Forms {
  accept?: string | undefined;
  contentType?: string | undefined;
}

const JSON_FORM = "application/json";

/** Whether a request is in JSON, as far as it says what it is in; only a PUT has to say it. */
export function isInJson(method: string, { contentType = "" }: Forms): boolean {
  if (contentType === "") return method !== "PUT";
  return formsIn(contentType).includes(JSON_FORM);
}

/** Whether an answer in JSON is one that the client takes. */
export function takesJson({ accept = "" }: Forms): boolean {
  return accept === "" || formsIn(accept).some((form) => form === JSON_FORM || form === "*/*");
}

/** The forms in a header, without their parameters. */
const formsIn = (header: string): string[] =>
  header.split(",").map((form) => form.replace(/;.*$/, "").replace(/^ +| +$/g, ""));
