import { isObject, type JsonObject } from "../fields.ts";

const OPERATORS: Record<string, string[]> = {
  Equal: ["=="],
  NotEqual: ["~="],
  GreaterThan: [">"],
  GreaterThanEqual: [">="],
  LessThan: ["<"],
  LessThanEqual: ["<="],
  RegexMatch: ["~~"],
  RegexNotMatch: ["!", "~~"],
  RegexMatchCaseInsensitive: ["~*"],
  RegexNotMatchCaseInsensitive: ["!", "~*"],
  In: ["in"],
  NotIn: ["!", "in"],
};

/** A condition of an ApisixRoute as one of APISIX's `vars`: `["http_x_user", "==", "me"]`. */
export function condition({ subject, op, value, set }: JsonObject): unknown[] {
  const { scope, name = "" } = isObject(subject) ? subject : {};
  return [variable(String(scope), String(name)), ...(OPERATORS[String(op)] ?? []), set ?? value];
}

function variable(scope: string, name: string): string {
  switch (scope) {
    case "Query":
      return `arg_${name}`;
    case "Header":
      return `http_${name.toLowerCase().replaceAll("-", "_")}`;
    case "Cookie":
      return `cookie_${name}`;
    case "Body":
      return `post_arg.${name}`;
    case "Path":
      return "uri";
    default:
      return name;
  }
}
