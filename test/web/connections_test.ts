import { assertEquals } from "@std/assert";
import {
  createConnectionBook,
  FIRST_REQUEST_SECONDS,
  IDLE_SECONDS,
  MAX_SENDING_BYTES,
  SENDING_SECONDS,
} from "../../src/web/connections.ts";

/** A book on a clock that waiting moves on, and what was closed. */
function openBook() {
  let seconds = 0;
  const closed: string[] = [];
  const book = createConnectionBook({
    now: () => seconds,
    wait(milliseconds) {
      seconds += milliseconds / 1000;
      if (seconds > 1e7) throw new Error("waits for ever");
      return Promise.resolve();
    },
  });
  return {
    book,
    closed,
    add: (name: string) => book.add({ abort: () => void closed.push(name) }),
    at: (time: number) => seconds = time,
    now: () => seconds,
  };
}

type Scene = ReturnType<typeof openBook>;

/** A connection that has asked and read its answer. */
function addIdle({ add }: Scene, name: string) {
  const connection = add(name);
  const request = connection.begin();
  request.answer(100);
  request.end();
  return connection;
}

/** A connection that does not read its answer. */
function addDeaf({ add }: Scene, name: string, bytes = 100) {
  const request = add(name).begin();
  request.answer(bytes);
  return request;
}

Deno.test("makeRoom() does nothing while there is room", async () => {
  const scene = openBook();
  addIdle(scene, "a");
  await scene.book.makeRoom(2);
  assertEquals([scene.closed, scene.now()], [[], 0]);
});

Deno.test("makeRoom() closes the connection that has been idle longest", async () => {
  const scene = openBook();
  addIdle(scene, "first");
  scene.at(1);
  scene.add("silent");
  scene.at(2);
  addIdle(scene, "last");
  scene.at(3);
  await scene.book.makeRoom(2);
  assertEquals(scene.closed, ["first", "silent"]);
  assertEquals(scene.book.size, 1);
});

Deno.test("makeRoom() leaves alone who waits for an answer, however long", async () => {
  const scene = openBook();
  const request = scene.add("waiting").begin();
  scene.at(3_600);
  addIdle(scene, "idle");
  await scene.book.makeRoom(2);
  assertEquals(scene.closed, ["idle"]);
  request.answer(1);
  request.end();
  await scene.book.makeRoom(1);
  assertEquals(scene.closed, ["idle", "waiting"]);
});

for (
  const [what, add] of [
    [
      "a first request to arrive",
      ({ add }: Scene) => void add("a"),
    ],
    ["an answer to be read", (scene: Scene) => void addDeaf(scene, "a")],
  ] as const
) {
  Deno.test(`makeRoom() gives a second for ${what}`, async () => {
    const scene = openBook();
    scene.at(10);
    add(scene);
    await scene.book.makeRoom(1);
    assertEquals(scene.closed, ["a"]);
    // The steps of the wait are 10 ms.
    assertEquals(Math.round(scene.now() * 10), 110);
  });
}

Deno.test("a connection with several requests waits for the last of them", async () => {
  const scene = openBook();
  const both = scene.add("both");
  const first = both.begin();
  both.begin();
  first.answer(1);
  first.end();
  addIdle(scene, "idle");
  scene.at(1_000);
  await scene.book.makeRoom(2);
  scene.book.sweep();
  assertEquals(scene.closed, ["idle"]);
});

Deno.test("a request whose client goes before the answer is over", async () => {
  const scene = openBook();
  const request = scene.add("gone").begin();
  request.end();
  request.answer(MAX_SENDING_BYTES);
  // Its bytes are not on their way: another one need not wait.
  addDeaf(scene, "other", MAX_SENDING_BYTES);
  assertEquals([scene.closed, scene.now()], [[], 0]);
  scene.at(1);
  await scene.book.makeRoom(2);
  assertEquals(scene.closed, ["gone"]);
});

Deno.test("answer() closes who does not read, when too much waits to be read", () => {
  const scene = openBook();
  addDeaf(scene, "first", MAX_SENDING_BYTES - 1);
  scene.at(1);
  addDeaf(scene, "second", 1);
  assertEquals(scene.closed, []);
  scene.at(3);
  addDeaf(scene, "third", 1);
  assertEquals(scene.closed, ["first"]);
  // Whose answer is new may be reading it.
  addDeaf(scene, "huge", 10 * MAX_SENDING_BYTES);
  assertEquals(scene.closed, ["first", "second"]);
});

Deno.test("the bytes of a closed connection are on their way no more", () => {
  const scene = openBook();
  const connection = scene.add("closed");
  const request = connection.begin();
  request.answer(MAX_SENDING_BYTES);
  connection.remove();
  request.end();
  addDeaf(scene, "next", MAX_SENDING_BYTES);
  assertEquals([scene.closed, scene.now()], [[], 0]);
});

for (
  const [what, seconds, add] of [
    [
      "that never asked",
      FIRST_REQUEST_SECONDS,
      ({ add }: Scene) => void add("it"),
    ],
    [
      "that asks no more",
      IDLE_SECONDS,
      (scene: Scene) => void addIdle(scene, "it"),
    ],
    [
      "that does not read its answer",
      SENDING_SECONDS,
      (scene: Scene) => void addDeaf(scene, "it"),
    ],
  ] as const
) {
  Deno.test(`sweep() closes a connection ${what} after ${seconds} s`, () => {
    const scene = openBook();
    add(scene);
    scene.at(seconds);
    scene.book.sweep();
    assertEquals(scene.closed, []);
    scene.at(seconds + 1);
    scene.book.sweep();
    assertEquals(scene.closed, ["it"]);
    assertEquals(scene.book.size, 0);
  });
}

Deno.test("remove() forgets a connection that is closed", async () => {
  const { book, closed, add } = openBook();
  add("it").remove();
  await book.makeRoom(1);
  assertEquals([book.size, closed], [0, []]);
});

Deno.test("closeIdle() leaves alone who waits for an answer or reads one", () => {
  const scene = openBook();
  scene.add("silent");
  addIdle(scene, "idle");
  scene.add("waiting").begin();
  addDeaf(scene, "reading");
  scene.book.closeIdle();
  assertEquals(scene.closed, ["silent", "idle"]);
});
