import {
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
} from "@std/assert";
import {
  createLastValue,
  createLastValues,
} from "../../src/model/last_value.ts";

const A = { name: "a" };
const B = { name: "b" };

Deno.test("createLastValue() gives the same object while the evidence is the same", () => {
  const lastValue = createLastValue<object>();
  const first = lastValue([A, 1, undefined], () => ({}));
  assertStrictEquals(lastValue([A, 1, undefined], () => ({})), first);
});

for (
  const [name, evidence] of [
    ["another object, even an equal one", [{ ...A }, B]],
    ["another order", [B, A]],
    ["an item less", [A]],
    ["an item more", [A, B, undefined]],
  ] as const
) {
  Deno.test(`createLastValue() builds anew from ${name}`, () => {
    const lastValue = createLastValue<object>();
    const first = lastValue([A, B], () => ({}));
    const second = lastValue(evidence, () => ({}));
    assertNotStrictEquals(second, first);
    assertStrictEquals(lastValue(evidence, () => ({})), second);
  });
}

Deno.test("createLastValues() remembers a value for each key", () => {
  const lastValue = createLastValues<object, string>();
  assertEquals(lastValue(A, [1], () => "one"), "one");
  assertEquals(lastValue(B, [1], () => "two"), "two");
  assertEquals(lastValue(A, [1], () => "three"), "one");
  assertEquals(lastValue(B, [2], () => "four"), "four");
});
