import { prng } from "../prng.ts";
import type { Action } from "./actions.ts";
import { again, garbled, send } from "./asking.ts";
import { nextCall } from "./calls.ts";
import { deposit, doubleSpend, reorganise } from "./chain-steps.ts";
import { clock, type Run } from "./course.ts";
import { look } from "./finish.ts";
import { passAlive, stop } from "./lives.ts";
import { die, loseHistory, restoreHistory } from "./machine.ts";
import { outside } from "./scene.ts";

/** Takes one step. */
export const take = async (run: Run, action: Action): Promise<void> => {
  const { machine, time, book, paid, count } = run;
  const { disk, node } = machine;
  switch (action.do) {
    case "call": {
      const call = nextCall(action.kind, action.roll, book, outside, clock(run));
      if (call) void send(run, call);
      return time.settle();
    }
    case "copy":
    case "garble": {
      const pick = prng(action.roll);
      const signed = book.calls
        .slice(-40)
        .filter((call) => call.nonce !== undefined && !book.reading.has(call));
      if (signed.length === 0) return;
      const call = pick.pick(signed);
      void send(run, call, action.do === "copy" ? call.request : garbled(call.request, pick));
      return time.settle();
    }
    case "retry": {
      const waiting = book.calls
        .slice(-60)
        .filter((call) => call.clientId !== undefined && call.first === call);
      if (waiting.length === 0) return;
      const pick = prng(action.roll);
      const call = pick.pick(waiting);
      void send(run, again(run, call, pick));
      return time.settle();
    }
    case "wait":
      return passAlive(run, action.ms);
    case "look":
      return look(run);
    case "arm":
      return disk.arm(action.fault);
    case "die":
      return die(machine);
    case "stop":
      return stop(run);
    case "fill disk":
      disk.full.is = true;
      return;
    case "make room":
      disk.full.is = false;
      return;
    case "lose history":
      die(machine);
      loseHistory(machine);
      return;
    case "restore history":
      die(machine);
      restoreHistory(machine);
      return;
    case "restart node":
      node.restart();
      return;
    case "clock":
      time.jump(action.ms);
      return;
    case "node":
      node.mood = action.mood;
      count(`node: ${action.mood}`);
      return;
    case "deposit":
      return deposit(node, book, paid, action.roll);
    case "double-spend":
      return doubleSpend(node, paid, action.roll, outside);
    case "mine":
      await node.miner.mine(action.blocks);
      return;
    case "reorganise":
      return reorganise(node, paid, action.depth, action.roll, outside);
    default:
      throw new Error(`no step ${JSON.stringify(action)}`);
  }
};
