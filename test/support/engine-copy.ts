import { isObject, type Json, type JsonObject } from "../../provider/model/fields.ts";
import { parsePath } from "../../provider/model/paths.ts";

/**
 * The program's inputs with ignored values from the old inputs, as Pulumi's engine copies them before a `check`
 * (`PropertyPath.Reset` in its SDK), and the paths of which it complains.
 */
export function copiedByEngine(
  old: JsonObject,
  program: JsonObject,
  ignored: readonly string[],
): { args: JsonObject; complaints: string[] } {
  const args = structuredClone(program);
  const complaints = ignored.filter((text) => !reset(old, args, parsePath(text)));
  return { args, complaints };
}

type Path = readonly (string | number)[];

/** Whether the path leads to the same place in both. `program` is changed. */
function reset(old: Json | undefined, program: Json | undefined, [key, ...rest]: Path): boolean {
  if (key === undefined) return false;
  if (typeof key === "number") return resetIndex(old, program, key, rest);
  if (key === "*") return resetAll(old, program, rest);
  if (rest.length === 0) {
    if (!isObject(old) || !Object.hasOwn(old, key)) {
      if (isObject(program)) delete program[key];
      return true;
    }
    if (!isObject(program)) return false;
    program[key] = structuredClone(old[key] ?? null);
    return true;
  }
  if (!isObject(old) || !isObject(program)) return !isObject(old) && !isObject(program);
  const [hasOld, hasNew] = [Object.hasOwn(old, key), Object.hasOwn(program, key)];
  if (hasOld && !hasNew) return false;
  return !hasOld && !hasNew ? true : reset(old[key], program[key], rest);
}

function resetIndex(old: Json | undefined, program: Json | undefined, index: number, rest: Path): boolean {
  if (!Array.isArray(old) || !Array.isArray(program)) return !Array.isArray(old) && !Array.isArray(program);
  if (rest.length === 0 && index >= old.length && index >= program.length) return true;
  if (index >= old.length || index >= program.length) return false;
  if (rest.length > 0) return reset(old[index], program[index], rest);
  program[index] = structuredClone(old[index] ?? null);
  return true;
}

function resetAll(old: Json | undefined, program: Json | undefined, rest: Path): boolean {
  if (isObject(program)) {
    if (!isObject(old)) return rest.length === 0;
    if (rest.length > 0)
      return Object.keys(old).every(
        (key) => Object.hasOwn(program, key) && reset(old[key], program[key], rest),
      );
    for (const key of Object.keys(program)) if (!Object.hasOwn(old, key)) delete program[key];
    Object.assign(program, structuredClone(old));
    return true;
  }
  if (!Array.isArray(program)) return false;
  if (!Array.isArray(old)) return rest.length === 0;
  for (const [index, item] of old.slice(0, program.length).entries()) {
    if (rest.length === 0) program[index] = structuredClone(item);
    else if (!reset(item, program[index], rest)) return false;
  }
  return old.length === program.length;
}
