import { assert } from "@coinholder/engine";
import type { Prng } from "../prng.ts";
import type { Answer, Call, Person, Request } from "./book.ts";
import { newCall, signedAbout } from "./calls.ts";
import { clock, guarded, PATIENCE_MS, type Run, until } from "./course.ts";
import { judgeAnswer, twinBalanceText } from "./judge-answers.ts";
import { afterwards } from "./lives.ts";

/** Sends a request; its answer, if one comes, is judged and taken down. */
export const send = (run: Run, call: Call, request: Request = call.request): Promise<Answer | undefined> => {
  const { machine, book, judging, note, count } = run;
  const life = machine.life!;
  const isGarbled = request !== call.request;
  call.sentAfter = judging.shadow.entries.length;
  book.underWay.add(call);
  if (request.fn === "my-balance" && call.by && !isGarbled) {
    book.reading.add(call);
    call.could.clear();
    call.could.set(twinBalanceText(judging.shadow, call.by.account), judging.shadow.entries.length);
  }
  note(`call ${call.number} ${request.fn} ${request.bytes}`);
  return new Promise((resolve) => {
    life
      .server!.inject({
        method: request.method,
        url: `/api/${request.fn}${request.method === "GET" ? `?${request.bytes}` : ""}`,
        headers: { ...request.headers },
        ...(request.method === "POST" ? { payload: request.bytes } : {}),
      })
      .then(
        (response) => {
          if (!life.alive || machine.life !== life) return;
          const body = JSON.parse(response.payload) as Record<string, unknown>;
          const code = (body.error as { code?: string } | undefined)?.code;
          const answer: Answer = { status: response.statusCode, text: response.payload, body, code };
          book.underWay.delete(call);
          note(`answer ${call.number} ${answer.status} ${answer.text}`);
          count(`${request.fn}: ${code ?? "ok"}`);
          guarded(run, judgeAnswer)(judging, call, answer, isGarbled);
          book.reading.delete(call);
          learn(run, call, answer);
          resolve(answer);
        },
        guarded(run, (error: Error) => {
          if (life.alive && !run.stopping) throw error;
        }),
      );
  });
};

const learn = ({ book, time }: Run, call: Call, answer: Answer): void => {
  if (answer.code === "nonce_stale") {
    const { now } = answer.body.error as { now?: number };
    if (now !== undefined) book.ahead = now - time.now();
  }
  const isNews = answer.status === 200 && !call.first.answers.some(({ status }) => status === 200);
  call.answers.push(answer);
  if (call.first !== call) call.first.answers.push(answer);
  if (isNews) call.first.told?.(answer);
};

/** Asks and waits for the answer. */
export const ask =
  (run: Run) =>
  async (fn: string, params: Readonly<Record<string, string>>, by: Person, first?: Call): Promise<Answer> => {
    for (let tries = 0; tries < 5; tries++) {
      const call = newCall(
        run.book,
        { fn, by, params: { ...params } },
        clock(run),
        run.random.chance(0.3),
        first,
      );
      const answered = send(run, call);
      const life = run.machine.life!;
      const settled = await until(run, answered, () => !life.alive || life.fatal !== undefined);
      if (run.failed) throw run.failed;
      if (!settled && (!life.alive || life.fatal !== undefined)) {
        await afterwards(run);
        continue;
      }
      assert(settled, `${fn} is not answered within ${PATIENCE_MS} ms`);
      const answer = (await answered)!;
      if (answer.code !== "nonce_stale") return answer;
      // What was signed before a restart is stale for ever.
      await run.time.pass(1);
    }
    throw new Error(`${fn} was asked five times in vain`);
  };

/** The same call again, signed anew. */
export const again = (run: Run, call: Call, random: Prng): Call =>
  newCall(
    run.book,
    { fn: call.request.fn, by: call.by, params: { ...call.params } },
    signedAbout(random, clock(run)),
    random.chance(0.3),
    call,
  );

/** Not the bytes that were signed: another character, a part, twice as many, something that no encoding has. */
export const garbled = (request: Request, random: Prng): Request => {
  const { bytes } = request;
  const at = random.below(bytes.length);
  const other = bytes[at] === "x" ? "y" : "x";
  const changed = random.pick([
    `${bytes.slice(0, at)}${other}${bytes.slice(at + 1)}`,
    bytes.slice(0, at),
    `${bytes}&${bytes}`,
    `${bytes.slice(0, at)}%zz${bytes.slice(at)}`,
    "{".repeat(at),
  ]);
  return { ...request, bytes: changed };
};
