import { HistoryError, makeKeeper, type openHistory, type Thread } from "@coinholder/hub";

type Start = NonNullable<Parameters<typeof openHistory>[2]>;

/** A new one each time: all that waits for it is forgotten with it. */
const never = (): Promise<never> => new Promise(() => {});

/**
 * What keeps history, in this process: the same tables and the same code, asked without a thread in between.
 * @param onOpen is given what closes the file
 */
export const keeperOf =
  (life: { readonly alive: boolean }, onOpen: (close: () => void) => void): Start =>
  (_script, onFailure) => {
    const answer = makeKeeper();
    onOpen(() => answer({ ask: "close" }));
    let failure: HistoryError | undefined;
    const ask: Thread["ask"] = async (request) => {
      // As from a thread: never within the turn of the event loop that asked.
      await new Promise(setImmediate);
      if (!life.alive) return never();
      if (failure) throw new HistoryError("history_unavailable", failure.message, failure);
      const told = answer(request);
      if ("value" in told) return told.value as never;
      const error = new HistoryError(told.error.code, told.error.message);
      if (error.code !== "history_behind") {
        failure = error;
        onFailure(error);
      }
      throw error;
    };
    return {
      ask,
      get failure() {
        return failure;
      },
      end: async () => {
        answer({ ask: "close" });
      },
    };
  };
