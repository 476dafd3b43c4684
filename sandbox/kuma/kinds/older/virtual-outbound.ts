import type { Violation } from "../../errors.ts";
import { isDnsName } from "../../go/network.ts";
import { quote } from "../../go/quote.ts";
import { TemplateError } from "../../go/template/lex.ts";
import { checkTemplate, renderTemplate } from "../../go/template/render.ts";
import { type Fields, list, message, text } from "../../message.ts";
import {
  complainIf,
  complaint,
  each,
  fields,
  isSet,
  list as items,
  text as textOf,
} from "../../rules/checks.ts";
import { checkSelectors } from "../../rules/tags.ts";
import type { Kind } from "../kind.ts";
import { olderPolicy, selectorsOnly } from "./older-policy.ts";

/** Names of services that are made from tags. */
export const virtualOutbound: Kind = olderPolicy(
  "VirtualOutbound",
  "virtual-outbounds",
  {
    ...selectorsOnly,
    conf: message({
      host: text,
      port: text,
      parameters: list(message({ name: text, tag_key: text })),
    }),
  },
  ({ selectors, conf }) => [
    ...checkSelectors(selectors, "selectors", { some: true }),
    ...(isSet(conf) ? checkConf(fields(conf)) : complaint("conf", "has to be defined")),
  ],
);

function checkConf({ host, port, parameters }: Fields): Violation[] {
  const checkHost = (name: string): string | undefined =>
    isDnsName(name)
      ? undefined
      : `evaluation of template with parameters didn't return a valid dns name result=${quote(name)}`;
  return [
    ...checkParameters(parameters),
    ...checkText(host, "conf.host", parameters, "dummy", checkHost),
    ...checkText(port, "conf.port", parameters, "1", portProblem),
  ];
}

function portProblem(number: string): string | undefined {
  if (!/^[+-]?\d+$/.test(number)) {
    return `evaluation of template with parameters didn't evaluate to a parsable number result=${quote(number)}`;
  }
  const isPort = Number(number) > 0 && Number(number) <= 65535;
  const range = "evaluation of template returned a port outside of the range [1..65535]";
  return isPort ? undefined : `${range} result=${Number(number)}`;
}

function checkParameters(parameters: unknown): Violation[] {
  const field = "conf.parameters";
  const names = items(parameters).map((each) => textOf(fields(each).name));
  const isTag = (name: unknown) => /^[a-zA-Z0-9.\-_:/]*$/.test(textOf(name));
  const hasService = items(parameters).some((each) => fields(each).tagKey === "kuma.io/service");
  return [
    ...each(parameters, field, ({ name, tagKey }, at, index) => [
      ...complainIf(names.indexOf(textOf(name)) < index, `${at}.name`, "name is already used"),
      ...complainIf(isSet(tagKey) && !isTag(tagKey), `${at}.tagKey`, "must be a valid tag name"),
      ...complainIf(
        !isSet(tagKey) && !isTag(name),
        `${at}.name`,
        "must be a valid tag name if you are not setting tagKey",
      ),
      ...complainIf(
        !/^[a-zA-Z0-9]+$/.test(textOf(name)),
        `${at}.name`,
        "must consist of alphanumeric characters to be used as a gotemplate key",
      ),
    ]),
    ...complainIf(!hasService, field, "must contain a parameter with kuma.io/service as a tagKey"),
  ];
}

function checkText(
  template: unknown,
  field: string,
  parameters: unknown,
  value: string,
  problemOf: (rendered: string) => string | undefined,
): Violation[] {
  if (textOf(template) === "") return complaint(field, "has to be defined");
  const names = items(parameters).map((each) => [textOf(fields(each).name), value]);
  const problem = evaluate(textOf(template), Object.fromEntries(names), problemOf);
  const reason = `template pre evaluation failed with error=${quote(problem ?? "")}`;
  return complainIf(problem !== undefined, field, reason);
}

function evaluate(
  template: string,
  values: Record<string, string>,
  problemOf: (rendered: string) => string | undefined,
): string | undefined {
  try {
    checkTemplate(template, []);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return `failed compiling gotemplate error=${quote(error.message)}`;
  }
  try {
    return problemOf(renderTemplate(template, { fields: values }));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return `pre evaluation of template with parameters failed with error=${quote(error.message)}`;
  }
}
