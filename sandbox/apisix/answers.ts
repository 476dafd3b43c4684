/** An answer of the Admin API: JSON, or text of some other type. */
export interface Answer {
  status: number;
  contentType: string;
  body?: unknown;
  text?: string;
}

/** An answer with a JSON body. */
export function answer(status: number, body: unknown): Answer {
  return { status, body, contentType: "application/json" };
}

/** An answer with the Admin API's usual body for errors. */
export function error(status: number, message: string): Answer {
  return answer(status, { error_msg: message });
}

/** The Admin API's words for an object that is not there. */
export function notFound(): Answer {
  return answer(404, { message: "Key not found" });
}

/** A page of the web server below APISIX, which here names the sandbox; `title` begins with the status. */
export function page(title: string): Answer & { text: string } {
  const text = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>pulumi-external-backends-sandbox</center>\r\n</body>\r\n</html>\r\n`;
  return { status: Number.parseInt(title, 10), text, contentType: "text/html; charset=utf-8" };
}
