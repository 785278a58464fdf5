import { randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  type Coin,
  newPhrase,
  openSigner,
  openWallet,
  type PayoutPlan,
  planPayout,
  sats,
  seedFromPhrase,
} from "@coinholder/bitcoin";
import { addressOfScript } from "@coinholder/protocol";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { inFolder } from "../folder.ts";
import { interleaved, type Measure } from "../measure.ts";

const ROUNDS = 9;
const WITHDRAWALS = 200;
const COINS = 1000;

const stranger = (): string => addressOfScript(Uint8Array.from([0x00, 0x14, ...randomBytes(20)]), "regtest")!;

/** A batch of withdrawals: coins chosen, signed, checked, and remembered by the signer on disk. */
export const payout: Measure = (say) =>
  inFolder(async (folder) => {
    const wallet = openWallet(seedFromPhrase(newPhrase(), "regtest"));
    const limits = { perDay: sats(2e15), perPayout: sats(2e15), feeRate: 10_000 };
    const signer = openSigner({ wallet, path: join(folder, "signer.log"), limits });
    const coins = Array.from(
      { length: COINS },
      (_, index): Coin => ({
        txid: randomBytes(32).toString("hex"),
        vout: 0,
        value: sats(2_000_000),
        type: "p2wpkh",
        branch: "receive",
        index,
        confirmed: true,
      }),
    );
    let transfer = 0;
    let inputs = 0;
    const batch = (): void => {
      const withdrawals = Array.from({ length: WITHDRAWALS }, () => ({
        transfer: ++transfer,
        address: stranger(),
        amount: sats(100_000 + (transfer % 1000)),
      }));
      const plan = planPayout({
        network: "regtest",
        coins,
        outputs: withdrawals,
        changeAddresses: [wallet.address("change", transfer).address],
        feeRate: 5,
        maxFee: sats(10_000_000),
      });
      if (plan.refused !== undefined) throw new Error(plan.refused);
      inputs = (plan as PayoutPlan).inputs.length;
      const done = signer.sign({
        is: "payment",
        plan: plan as PayoutPlan,
        withdrawals,
        changeIndexes: plan.change.map(() => transfer),
      });
      if (done.refused !== undefined) throw new Error(done.refused);
    };
    const key = secp256k1.utils.randomSecretKey();
    const perSecond = async (work: () => void): Promise<number> => {
      await new Promise(setImmediate);
      const start = process.hrtime.bigint();
      work();
      return 1e9 / Number(process.hrtime.bigint() - start);
    };
    batch();
    say(`${ROUNDS} rounds: ${WITHDRAWALS} withdrawals out of ${COINS} coins, ${inputs} inputs`);
    const { ours, theirs } = await interleaved(ROUNDS, {
      ours: () => perSecond(batch),
      theirs: () =>
        perSecond(() => {
          for (let i = 0; i < inputs; i++) secp256k1.sign(randomBytes(32), key, { prehash: false });
        }),
    });
    signer.close();
    return [
      {
        what: `batches of ${WITHDRAWALS} withdrawals planned, signed (${inputs} inputs), checked and remembered on disk`,
        unit: "batches/s",
        ours,
        yardstick: { what: "as many bare signatures", value: theirs },
      },
    ];
  });
