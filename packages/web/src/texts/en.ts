import { app } from "./en/app.ts";
import { market } from "./en/market.ts";
import { nearby } from "./en/nearby.ts";
import { operator } from "./en/operator.ts";
import { proof } from "./en/proof.ts";
import { session } from "./en/session.ts";
import { till } from "./en/till.ts";
import { ui } from "./en/ui.ts";
import { wallet } from "./en/wallet.ts";

export const en = { app, ui, session, wallet, till, nearby, market, proof, operator };
