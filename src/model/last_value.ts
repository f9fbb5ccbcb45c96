/**
 * Builds a value anew only when something that it was built from has changed.
 *
 * On a host where nothing happens each scan finds the same objects again: what
 * is built from them is then the same object too, by which the next step sees
 * that nothing has changed.
 *
 * @module
 */

/**
 * Gives the value that was built last while the evidence is the same, item by
 * item, and a new one when it is not.
 */
export type LastValue<Value> = (
  evidence: readonly unknown[],
  build: () => Value,
) => Value;

/** Creates a memory of one value. */
export function createLastValue<Value>(): LastValue<Value> {
  let last:
    | { readonly evidence: readonly unknown[]; readonly value: Value }
    | undefined;
  return (evidence, build) => {
    if (last === undefined || !haveSameItems(last.evidence, evidence)) {
      last = { evidence, value: build() };
    }
    return last.value;
  };
}

/** Creates a memory of one value for each of the objects that `Key` names. */
export function createLastValues<Key extends WeakKey, Value>(): (
  key: Key,
  ...rest: Parameters<LastValue<Value>>
) => Value {
  const lastByKey = new WeakMap<Key, LastValue<Value>>();
  return (key, evidence, build) => {
    let last = lastByKey.get(key);
    if (last === undefined) {
      last = createLastValue();
      lastByKey.set(key, last);
    }
    return last(evidence, build);
  };
}

/** Whether two lists have the same items in the same places. */
function haveSameItems(
  a: readonly unknown[],
  b: readonly unknown[],
): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (a[index] !== b[index]) return false;
  }
  return true;
}
