import { isAmong } from "./patterns.ts";
import { listSetting, type Rule } from "./rule.ts";
import type { GlobalRulesSettings } from "./settings.ts";

/** A global rule acts on the requests of all who share the gateway, so that it belongs into one stack. */
export const globalRulesOnlyIn: Rule<GlobalRulesSettings> = {
  name: "global-rules-only-in",
  about: "Global rules of a gateway are made in the stacks that may.",
  alone: true,
  settings: {
    allowedStacks: listSetting(
      "Stacks that may have global rules, as PROJECT/STACK, with * for any characters.",
    ),
  },
  find: ({ stack, declared }, { allowedStacks }) =>
    isAmong(stack, allowedStacks)
      ? []
      : declared
          .filter(({ type }) => type === "apisix:GlobalRule")
          .map((one) => ({
            resources: [one],
            reason:
              "it acts on the requests of all routes of the gateway, and this stack may have no global rule.",
          })),
};
